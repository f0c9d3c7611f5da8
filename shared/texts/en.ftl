### What the bot says in English. Same ids and variables as ru.ftl; a test compares them.
### Telegram HTML; variables arrive escaped.

## Start and help

start =
    <b>Hi! I answer questions, draw pictures and edit photos.</b>
    Just write it, or say it in a voice message:
    💬 ask me anything, also about a photo or a file;
    🎨 describe a picture, or send a photo and say what to change.

    { $answers } answers a day are free. A picture costs from { $price } credits; you have <b>{ $credits }</b> { $credits ->
        [one] credit
       *[other] credits
    }. If I am not sure what you mean, I ask first. Try one:
example-1 = 🍌 A banana astronaut on the moon
example-1-prompt = A banana in an astronaut suit planting a flag on the moon, cinematic light, film still
example-2 = 🏡 A cosy cabin in the rain
example-2-prompt = A cosy wooden cabin in a rainy forest at dusk, warm light in the windows, watercolour
example-3 = 🐈 A cat as a court painter
example-3-prompt = An oil portrait of a ginger cat as a baroque court painter, dramatic light, rich detail
example-4 = 💬 Why is the sky blue?
example-4-prompt = Why is the sky blue? Tell me in a few sentences.
start-empty =
    <b>Hi! I answer questions, draw pictures and edit photos.</b>
    Just write it, or say it in a voice message.

    { $answers } answers a day are free: ask me anything. A picture costs from { $price } credits, you have <b>{ $credits }</b>; the next free ones come on { $time } UTC, and more: /buy.
help =
    <b>What I can do</b>
    • <b>Questions and talk</b>: just write, also about a photo, a file or a short video; with a search on the web: /search.
    • <b>Picture</b>: describe what you want to see, or begin with “draw”. If I am not sure which you mean, I ask, for free.
    • <b>Several different pictures</b> at once, one on each line: /batch.
    • <b>Edit</b>: send a photo, or an album of up to 10, with a caption that says what to change.
    • <b>Video</b>: <code>/video a fox runs through snow</code>, or 🎬 under a picture; the price comes first. A reply to a video changes or continues it.
    • <b>New version</b>: reply to any picture of mine with what should be different, or press 🪄 under it: larger, variations, another background, several pictures in one.
    • <b>Better words</b>: ✨ or <code>/improve a fox</code> gives three prompts to choose from; 📝 or /describe reads the prompt out of a photo or a video; /styles has looks and templates. All free until you press a price.
    • <b>Parameters</b> anywhere in the text: <code>16:9</code>, <code>4K</code>, <code>x3</code>, <code>--no people</code>, <code>--seed 7</code>.
    • <b>Voice</b>: say any of this in a voice message; /transcribe in reply to one, or to a video, gives you the text.
    • <b>In groups</b>: <code>/image a red fox</code>, <code>/ask …</code>, or reply to me; /wallet lets the group pay.
    • <b>Elsewhere</b>: type my name with an @ in any chat to send what you made; 🔗 under a picture lets others make theirs from it; <code>/post @channel</code> in reply puts it into your channel.

    /mode — what plain words become: whatever they ask for, or always a picture, a video or an answer
    /new — a new conversation
    /role — role, language and length of answers · /voice — spoken answers
    /zone — your time zone · /prompts — your own prompts
    /gallery — your pictures and videos · /app — the app
    /history — earlier conversations · /memory — what I know about you
    /settings — model, format, size, how many
    /models — models and prices · /price — price of the last answer
    /promo — use a promo code · /gift — give credits away · /invite — invite friends{ $support ->
        [yes] {"\u000A"}/support — write to people about a problem
       *[no] {""}
    }
    /balance — credits and all entries · /receipt — one of them · /stats — your numbers
    /buy — more credits · /subscription — your subscription
    /paysupport — money back · /terms — terms · /privacy — what I keep · /incognito — an hour whose requests are soon deleted
    /api — keys for your programs
    /language — Русский, English
    /cancel — stop what is not finished yet

    You pay only for what you received; { $answers } answers a day are free. Pictures carry Google's invisible SynthID mark. Requests and results are kept for at most 90 days, conversations as long as you choose (/privacy); 🗑 deletes a picture, with a minute to undo.
help-operator = 🛠 For you as an operator: /admin — your pages{ $broadcast ->
        [yes] {" · "}/broadcast — write to everybody
       *[no] {""}
    }
image-usage-group =
    Write what you want to see after the command: <code>/image a red fox in the snow, watercolour</code>, or reply with it to a photo.
group-hello =
    Hi! In groups, use <code>/image a red fox</code>, <code>/ask why is the sky blue?</code>, or reply to one of my messages. Everybody pays with their own credits, unless an administrator gives the group some: /wallet.
group-sees-some = 👁 What I see here: commands, replies to my messages, and who joins; everything only where I am an administrator. What is not meant for me I do not keep. To change what I see, make me an administrator, or take that from me.
group-sees-all = 👁 What I see here: every message, since my owner lets me. I act on commands, mentions and replies to me; what is not meant for me I do not keep. To change it, my owner switches it with /setprivacy at @BotFather; then remove me and add me again.
business-declined = 💼 You have connected me to your chats. I do not answer in your name yet: I neither read nor answer the people who write to you, and it costs nothing. You can disconnect me in Settings → Telegram Business → Chatbots. Here I work as always.
guest-declined = 👋 I cannot work in this chat as a guest. Write to me in our own chat, or ask somebody to add me to this group.
button-open-chat = 💬 Open the chat
app-open = 📱 The app has all of it on one page: what you made, what to make next, your credits and settings. What you order there arrives here too.
app-in-private = 📱 The app opens in our private chat: send me /app there.
app-none = 📱 The app is not open yet. Everything works here in the chat, and nothing of yours is lost: /help shows how.
button-app = 📱 Open the app
app-menu-button = App
image-usage =
    Write what you want to see after the command: <code>/image a red fox in the snow, watercolour</code>. Or just send the text, or a photo with a caption.
unsupported = I cannot use this. Write or say what you want, or send a photo or a file and say what to do with it.
unknown-nearest = I do not know this command. Did you mean { $command }?
unknown-nearest-words = I do not know this command. Did you mean this? Tap it to copy: <code>{ $command }</code>
draw-what = 🎨 What shall I draw? Reply to this message.
draw-placeholder = A red fox in the snow…
ask-placeholder = Why is the sky blue?
privacy =
    <b>What I keep</b>
    • Requests, pictures and videos: 90 days, or fewer if you choose so. 🗑 under one deletes it; /gallery shows all.
    • What you ask for incognito: minutes, at most two days, /incognito.
    • Conversations: as long as you choose; /history shows, saves and deletes them.
    • What you asked me to remember: until you erase it, /memory.
    • Keys of your programs: until you revoke them, /api. I do not keep the secret itself, only its fingerprint.
    • Credits, payments, and what credits were spent on: for good, without your words.
    • Copies for emergencies: up to 14 weeks longer, also of what you delete.
    • News from us comes now and then, until you turn it off: /settings. For that I keep your language and the day you were last here.
    Google's Gemini gets what you send, in order to answer or to draw. Nobody else in a group sees your balance.
privacy-second = Words and pictures for { $models } go to their makers through fal.ai.
wrote-you = 💬 I have written to you in our private chat.
write-first = 💬 That is for your eyes only. Open our chat first, then I can answer there.
settings-moved = ⚙️ Settings are in our private chat now: send /settings.
unknown-command = I do not know this command. /help shows what I can do.
old-menu = This menu is old. A new one: /settings or /menu.
not-yours = This button belongs to somebody else. Send your own request.

## Cards

chips = <b>{ $model }</b> · { $ratio } · { $size } · { $price } { $price ->
        [one] credit
       *[other] credits
    }
chips-group = <b>{ $model }</b> · { $ratio } · { $size }
chip-number = picture { $index } of { $count }
card-received = 👌 Got it. Usually { $from }–{ $to } s, here or in a new message
card-queued = ⏳ In the queue
card-working = 🎨 Drawing · { $elapsed } · usually { $from }–{ $to } s
card-working-long = 🎨 Drawing · { $elapsed } · longer than the usual { $from }–{ $to } s
card-working-group = 🎨 Drawing… usually { $from }–{ $to } s
card-busy = 🕓 Google is busy. I keep trying, up to { $minutes } minutes from your request; no need to send it again.
card-provider = 🕓 Google's service has a fault. I keep trying, up to { $minutes } minutes from your request; no need to send it again.
card-canceled = ✖️ Canceled. { $price } { $price ->
        [one] credit is
       *[other] credits are
    } back.
card-canceled-drawn = ✖️ Canceled while it was being drawn. { $price } { $price ->
        [one] credit is
       *[other] credits are
    } back: Google charges us for it, not you.
card-canceled-free = ✖️ Canceled.
card-canceled-early = ✖️ Canceled: your /cancel came first. Nothing was charged.
card-collecting = 🖼 Receiving the album…
card-asking = 🖼 Got { $parts ->
        [one] the picture
       *[other] { $parts } pictures
    }. Reply to this message: what should I do with { $parts ->
        [one] it
       *[other] them
    }?
card-asking-about = 🖼 What shall I do with { $parts ->
        [one] this picture
       *[other] these { $parts } pictures
    }? Ask me about { $parts ->
        [one] it
       *[other] them
    }, or say what to change.
card-asking-file = 📎 What would you like to know about { $parts ->
        [one] this file
       *[other] these { $parts } files
    }?
button-describe = 👀 What is it?
late-parts = ℹ️ { $parts ->
        [one] One picture of the album came
       *[other] { $parts } pictures of the album came
    } too late and { $parts ->
        [one] is
       *[other] are
    } not used.
place-refused = 🚪 I may not write in that group: its topic is closed, or I have no rights there. Write to me here instead.
left-why = ℹ️ The group did not let me post the picture, so the answer is here.
left-sent = 📬 The picture is in our private chat: I may not post it here.
kept-held = ⏳ The picture is on its way at this moment. If it does not come within a minute, press the button again.
left-kept = 📬 The picture is ready, but I may not post it here. The button brings it to our private chat, for 24 hours.
caption = { $price } { $price ->
        [one] credit
       *[other] credits
    } · { $left } left
caption-low = 🪫 Few credits are left. Free ones come every day, more: /buy.
edit-ask = ✏️ Reply to this message: what should be different?
reword-ask = ✏️ Reply to this message: how else can it be said? What belongs to the request stays.
reword-placeholder = In other words…
edit-placeholder = Make the sky purple…
ready = ✨ Your picture is ready.
original-caption = 📄 The original file, uncompressed
words = ✍️ <code>{ $words }</code>
deleted = 🗑 Deleted here and in my storage.
deleted-now = 🗑 Deleted.
deleted-one = 🗑 Picture { $index } is deleted.
deleted-only-file = 🗑 The file is deleted from my storage. Telegram does not let me remove a message this old.

## Buttons and toasts

button-again = 🔁 Again
button-edit = ✏️ Edit
button-original = 📄 File
button-delete = 🗑 Delete
button-cancel = ✕ Cancel
button-stop = ✕ All
button-get = 📬 Get the picture
button-retry = 🔁 Try again
button-reword = ✏️ Other words
button-details = ℹ️ Details
button-why = ❓ Why?
button-several = 🔁 Again ×{ $count }
button-more = ➕ One more
button-picture = 🖼 { $number }
button-format = 📐 Format
button-tools = 🪄 Tools
button-own-words = ✍️ In words…
tool-name-upscale = 🔍 Upscale
tool-name-variations = 🎲 4 variations
tool-name-remix = 🧩 Remix
tool-name-part = 🖌 Detail
tool-name-cutout = ✂️ Cut out
tool-name-backdrop = 🏞 Background
tool-style-beach = 🏖 Beach
tool-style-city = 🌃 City
tool-style-nature = 🌲 Forest
tool-style-office = 🏢 Office
tool-style-plain = ⬜️ Grey
tool-name-portrait = 👤 Portrait
tool-style-business = 💼 Business
tool-style-window = 🕯 Window
tool-style-cinema = 🎞 Cinema
tool-style-mono = 🖤 Mono
tool-name-product = 🛍 Product
tool-style-white = ⬜️ White
tool-style-shadow = 🌤 Shadow
tool-style-life = 🏠 In use
tool-style-dark = ⬛️ Black
tool-name-restore = 🩹 Repair
tool-name-colourise = 🌈 Colour
tool-name-expand = ↔️ Expand
tool-name-compare = 🌗 Compare
tool-words-upscale = Reproduce this picture exactly as it is, at a higher resolution: the same composition, objects, faces, lettering, colours and light. Only make what is there sharper and finer; add, move, remove and restyle nothing.
tool-words-variations = Make a variation of this picture: the same subject, idea and style, with another composition, viewpoint or pose and other details.
tool-words-remix = Combine these pictures into one new picture: { $what }. Take the subjects from them as they are, in one scene with one light and one perspective.
tool-alone-remix = Combine these pictures into one new, coherent picture: the main subjects of all of them together in one scene, with one light and one perspective.
tool-words-part = Change only this in the picture: { $what }. Leave everything else exactly as it is: composition, faces, colours, light, background and framing.
tool-words-cutout = Remove the background: keep the main subject exactly as it is and put it on a plain white background, with clean edges.
tool-words-backdrop = Replace only the background of this picture: { $what }. Keep the main subject exactly as it is, its shape, pose, face and clothes; match its edges and its light to the new place.
tool-what-beach = a sunny beach with a calm sea
tool-what-city = a city street at night with soft, blurred lights
tool-what-nature = a green forest in soft daylight
tool-what-office = a bright, modern office, slightly out of focus
tool-what-plain = an even, light grey studio backdrop
tool-words-portrait = Make a portrait of the same person: { $what }. Keep the face, the hair and all features exactly as they are, so that the person is recognised at once.
tool-what-business = business clothes, a neutral grey background, even studio light
tool-what-window = soft window light from the side, a warm, plain background, a calm look
tool-what-cinema = like a still of a film, with dramatic side light, deep colours and a blurred background
tool-what-mono = a classic black-and-white studio photo with strong contrast and fine grain
tool-words-product = Make a product photo of the same object: { $what }. Keep its shape, colours, material and lettering exactly as they are; nothing else is in the picture.
tool-what-white = on pure white, evenly lit, as in a catalogue
tool-what-shadow = on a light studio background, with soft light and a natural shadow
tool-what-life = in the place where it is used, with a few fitting things out of focus
tool-what-dark = on a black, slightly reflecting surface, with a narrow edge light
tool-words-restore = Restore this photo: remove scratches, stains, creases and noise; keep the faces, the composition and the colours as they are.
tool-words-colourise = Colour this picture in natural, lifelike colours; change nothing else.
tool-words-expand = Extend this picture to the format { $what }: keep all that is in it, unchanged and whole, and continue the scene naturally beyond its edges.
took-tool = { $name }
took-tool-words = { $name }: “{ $words }”
remix-ask = 🧩 What shall I mix it with? Send a photo here, or add one of your last pictures:
remix-send = 🧩 What shall I mix it with? Send a photo here.
remix-ready = 🧩 { $parts } pictures will become one. Press 🧩, or write what should come of them. More photos may follow.
button-mix = 🧩 Mix them
toast-comparing = Here they are…
toast-compared = They are here already, above.
compare-caption = 🌗 Before · after
compare-file = 📄 You sent the picture before this one as a file, and Telegram does not put files beside photos.
tool-missed = 🤔 { $missed }. Reply once more, with that or without it.
tool-ask-part = 🖌 Reply to this message: what should change, and into what? Everything else stays. For example: <i>the dress → red silk</i>, or <i>the lamp → nothing</i>. It makes one picture for { $price } { $price ->
        [one] credit
       *[other] credits
    }.
tool-asks-part = 🖌 Reply to this message: what should change, and into what? Everything else stays. For example: <i>the dress → red silk</i>, or <i>the lamp → nothing</i>.
tool-hint-part = The dress → red silk…
tool-ask-backdrop = 🏞 Reply to this message: what should be behind it? It makes one picture for { $price } { $price ->
        [one] credit
       *[other] credits
    }.
tool-asks-backdrop = 🏞 Reply to this message: what should be behind it?
tool-hint-backdrop = A snowy mountain lake…
button-back = « Back
button-then = As then: { $choice }
button-now = ⚙️ { $choice }
button-erase = 🗑 Yes, delete
button-keep = Keep
button-undo = ↩️ Undo
button-chat = 💬 Open our chat
toast-again = On it!
toast-known = This button was pressed already.
toast-making = It is still being made, so nothing more was bought. ➕ One more stands under its card.
toast-one-more = One more is already on its way; nothing else was bought.
toast-example-made = It is above already. 🔁 Again under it makes another.
toast-example-making = It is being made already; it will be here in a moment.
toast-sent-already = The file is here already, above.
toast-waiting = I am waiting for your words.
toast-choose = Your settings have changed since. Which do you want?
toast-sure = Delete it?
toast-kept = It stays.
toast-not-made = That picture was not made; its card says why.
toast-why-over = It would work now: send it again.
toast-which = Which one? Press it once more.
toast-ended = It has just ended. Press once more to try again.
toast-undone = It is back.
toast-undo-late = Too late: it is deleted for good.
toast-expired = That is no longer stored.
toast-newer = Not now: a newer version of the bot looks after this one.
toast-canceled = Canceled
toast-too-late = Too late: it is made.
toast-original = Sending the file…
toast-gone = That picture was deleted.
toast-saved = Saved
toast-not-done = Wait until it is finished.

## Pieces, and questions that cost nothing

card-collecting-text = ✍️ Reading your text…
card-kept = 🖼 Got { $parts ->
        [one] the picture
       *[other] { $parts } pictures
    }. You do not have enough credits for a new one now. { $way } Then reply to this message: what to do with { $parts ->
        [one] it
       *[other] them
    }.
doubt-credits = 💳 “{ $words }”: this costs { $price } credits, you have { $credits }. Nothing was charged. Once you have bought some, it goes on by itself.
credits-short = You do not have enough credits for it now. { $way }
credits-come = The next free ones come on { $time } UTC; more: /buy.
credits-come-small = The next free ones come on { $time } UTC, enough for a small picture for { $price }: { $model }, 1K. More: /buy.
credits-buy = Yours are enough for a small picture for { $price }: choose { $model }, 1K in /settings. More credits: /buy.
card-joined = 🔗 Taken together with your other message.
took-pictures = 🖼 { $pictures ->
        [one] 1 picture
       *[other] { $pictures } pictures
    } + “{ $words }”
took-parent = ✏️ A new version: “{ $words }”
took-words = ✏️ “{ $words }”
took-without = 🚫 Without: { $words }
took-seed = 🌱 Seed { $seed }
took-not = ℹ️ Not used: { $unused }
button-draw = 🎨 Draw this · { $price } { $price ->
        [one] credit
       *[other] credits
    }
button-draw-last = ✏️ Change the last picture · { $price } { $price ->
        [one] credit
       *[other] credits
    }
doubt-short = 🤔 One word can mean much. Shall I draw “{ $words }”?
doubt-command = 🤔 Did you mean { $command }? Or shall I draw “{ $words }”?
doubt-question = 🤔 That looks like a question. For an answer, send it after /ask. Or shall I draw “{ $words }”?
doubt-question-photo = 🤔 A question about this picture, or a change: “{ $words }”?
doubt-link = 🔗 I cannot open links here; after /describe I read the prompt of a picture behind one. Or shall I draw from these words: “{ $words }”?
doubt-foreign = 🤔 This text is from another message. Shall I draw “{ $words }”?
doubt-refers-back = 🤔 “{ $words }”: do you mean the last picture, or a new one?
missed = { $wanted } is not available, the nearest is { $nearest }
doubt-missed = 🤔 { $missed }. Shall I draw it with that: “{ $words }”?
answer-missed = 🤔 { $missed }. If that will do, reply to the picture with <code>{ $nearest }</code>.
doubt-dear = 💳 “{ $words }”: this costs more than I spend without asking (💳 in /settings). Shall I make it?
doubt-edited = ✏️ The picture was begun with the first wording. Shall I draw a new one: “{ $words }”?
doubt-alone = 🤔 Shall I draw “{ $words }”?
doubt-unsure = 🤔 A picture or an answer? “{ $words }”
doubt-animate = 🎬 A video of this, or a picture? “{ $words }”
doubt-two = These are two wishes, and I do one at a time: the picture or the answer first? Then send the other one.
doubt-asks = 🤔 { $question }
button-in-words = 💬 Answer
button-only-words = 💬 Only answer
understood-draw = 🧠 Understood as a picture: “{ $words }”
understood-edit = 🧠 Understood as a change: “{ $words }”
answer-empty = 👋 Write what you want to see, for example “a red fox in the snow”, or send a photo.
answer-empty-auto = 👋 Ask me something, or describe a picture, for example “a red fox in the snow, watercolour”.
answer-yes = 👆 If that answers a question of mine, press its button: it says what that costs. For something new, write what you want, for example “a red fox in the snow”.
answer-no = 👌 All right, I draw nothing.
answer-thanks = 😊 You are welcome!
answer-greeting = 👋 Hi! Write what you want to see, or send a photo and say what to change.
answer-greeting-auto = 👋 Hi! Ask me anything, describe a picture, or send a photo and say what to change.
answer-parameters = Format, size and number belong to a picture: write what to draw, or send them as a reply to a picture.
answer-more-last = 🔁 This one? Press “Again” under it, or reply to it with what should be different.
answer-more = 🔁 Which picture shall I repeat? Reply to it, or press Again under it.
unusable-animation = 🎞 I cannot use animations. Nothing was charged. Send a photo, or a screenshot of it.
unusable-audio = 🎵 To read what is said there, reply to it with /transcribe. Nothing was charged.
unusable-document = 📎 I cannot open this file as a picture. Nothing was charged. Send a photo, or a JPEG, PNG or WEBP file. To ask about it, reply to it with <code>/ask</code> and your question.
sticker-alone = 🙂 To use a sticker, reply to it and say what to do with it; animated ones do not work. Nothing was charged.
unusable-sticker = 🙂 I cannot use animated stickers. Nothing was charged. Send a photo, or write what you want to see.
unusable-video = 🎬 I cannot draw from a video. Nothing was charged. Send a screenshot of it, reply to it with <code>/ask</code> and a question, or with /transcribe for its words.
unusable-video-note = 🎬 To read what is said there, reply to it with /transcribe. Nothing was charged.
unusable-voice = 🎤 To read what is said there, reply to it with /transcribe. Nothing was charged.
late-text = ✂️ This is the end of your long text, and it came too late to be read with it. Nothing was charged for it.
ask-order = 💳 This costs { $price } { $price ->
        [one] credit
       *[other] credits
    } at most, more than I spend without asking (💳 in /settings). Nothing was charged. Shall I?
ask-order-group = 💳 This costs more than I spend without asking (💳 in /settings). Nothing was charged. Shall I?
button-order = ✅ Yes · { $price } { $price ->
        [one] credit
       *[other] credits
    }
button-order-group = ✅ Yes
button-order-own = 💳 I pay myself · { $price } { $price ->
        [one] credit
       *[other] credits
    }

## A group's wallet

wallet-pays = 👛 The group's wallet pays
wallet-has-back = 👛 The group's wallet has its credits back
wallet-empty = 👛 The group's wallet has too little for this. Nothing was charged.
wallet-limit = 👛 This is more than the group's wallet pays for you today. Nothing was charged.
wallet-ask-own = Do you want to pay it with your own credits? (An administrator can fill the wallet or give it up, then I do not ask: /wallet.)
wallet-instead = Ask an administrator for more (/wallet), or send me your wish in our private chat.
wallet-in-private =
    👛 <b>A wallet for a group</b>
    An administrator gives credits to a group, and I pay the requests of its members from them. Write <code>/wallet 100</code> in the group. What you have yourself: /balance.
wallet-none =
    👛 This group has no credits of its own, so everybody pays with their own.
    An administrator can give it some: <code>/wallet 100</code>. They come from what you bought, and I pay everybody's requests here from them, up to a limit for each person and day. What is left goes back to those who gave it when you give the wallet up, or when nobody uses it for half a year.
wallet-open =
    👛 <b>The group has { $credits } { $credits ->
        [one] credit
       *[other] credits
    }</b>
    I pay requests here from them, up to { $limit } a day for each person (days are UTC). If they are not enough, I ask before you pay yourself.{ $whose ->
        [reader] {" "}You have used { $spent } today.
       *[nobody] {""}
    }

    Administrators: <code>/wallet 100</code> adds credits, and these buttons set the limit. 🧾 shows here, to everybody, who gave and who spent.
wallet-closed = 👛 The wallet was given up: { $credits } { $credits ->
        [one] credit goes
       *[other] credits go
    } back to those who gave them, so everybody pays with their own. A new one: <code>/wallet 100</code>.
wallet-given = 🎁 { $credits } { $credits ->
        [one] credit is
       *[other] credits are
    } the group's now. Thank you!
wallet-not-yours = 👛 Only administrators of the group can do this, and Telegram says that you are not one. Nothing was taken. What the wallet holds: /wallet.
wallet-not-yours-toast = Only administrators of the group can do this. Nothing has changed.
wallet-not-enough = 👛 You do not have so many credits. Nothing was taken; what you have: /balance, more: /buy.
wallet-no-number = ✋ I read no number of credits in this, so nothing was taken. Write it like this: <code>/wallet 100</code>.
wallet-not-bought = 👛 You can give only credits that you bought, from the fourth day on, and you have fewer of those. Nothing was taken. How many there are, I say in our private chat: /gift. More: /buy.
wallet-full = 👛 Too many people have given credits that are not used yet. Nothing was taken: give again when the group has used some.
wallet-close-ask = ↩️ Give the wallet up? { $credits } { $credits ->
        [one] credit goes
       *[other] credits go
    } back to those who gave them last, and everybody here pays with their own again.
wallet-came-back = ↩️ { $credits } { $credits ->
        [one] credit
       *[other] credits
    } that you gave to a group came back to you, because its wallet was given up, nobody used it for half a year, or I am not in the group any more. Your credits: /balance.
wallet-log = <b>The last entries of the wallet</b>
wallet-somebody = somebody
wallet-entry-deposit = { $date } · +{ $credits } · given by { $name }
wallet-entry-withdrawal = { $date } · −{ $credits } · back to { $name }
wallet-entry-grant = { $date } · −{ $credits } · { $what } for { $name }
wallet-entry-regrant = { $date } · +{ $credits } · returned: { $what } for { $name }
button-wallet-log = 🧾 Entries
button-wallet-close = ↩️ Give it up
button-wallet-close-yes = Yes, give it up
button-wallet-close-no = No, keep it
button-wallet-back = ◀️ Back
edit-says-nothing = ✏️ These words say nothing about the picture, so it stays as it was.
edit-newer = ✏️ Not now: a newer version of the bot looks after this one.
price-changed = This costs { $price } { $price ->
        [one] credit
       *[other] credits
    } now. Press again to accept.
faceless = I can only work for a person: post as yourself instead of as the group, or write to me in a private chat.

## Recordings: what is said in them

voice-listening = 🎧 Listening…
voice-silence = 🤫 I cannot hear anybody speak. { $returned } Record it again, closer to the microphone.
voice-music = 🎵 That is music, without anybody speaking. { $returned } Say or write what you want.
voice-noise = 🔇 I hear noise, and no words in it. { $returned } Record it again where it is quieter.
voice-failed-none = 🤷 I could not make out the words. { $returned } Record it again, or write it.
voice-failed-size = 📦 Telegram lets bots read files of up to 20 MB. { $returned } Send a shorter part of it.
voice-failed-file = 🧩 I cannot play this recording. { $returned } Record it again, or send it as an MP3 or OGG file.
voice-long =
    🎧 This is the text up to { $length }; all words are in the files below.
    <i>{ $summary }</i>
voice-part-unheard = ({ $begin }–{ $end }: this part could not be heard)
voice-too-long = ✋ That is too long to be asked at once. Select the part you mean, choose “Reply”, and write /ask with what you want to know.
voice-canceled = ✖️ Canceled. Nothing was charged.
voice-left-sent = 🎧 What was said is in your private chat with me.
voice-left-kept = 🎧 What was said is ready, but I cannot write to you yet.
voice-ready = 🎧 The text is ready.
voice-usage = 🎧 Reply to a voice message or a video with /transcribe, or send it with this caption: you get its words as text.
voice-unsure = I am not sure I heard right: “{ $words }”
voice-foreign = 🎧 This was forwarded, or sent as a file: “{ $words }” What shall I do with it?
voice-declined-size = 📦 Telegram lets bots read files of up to 20 MB. Nothing was charged. Send a shorter part, or record it as a voice message: an hour of that fits.
voice-declined-form = 🧩 I cannot play this kind of file. Nothing was charged. Send it as MP3, OGG, M4A, WAV or FLAC.
voice-declined-long = ⏱ I can listen to { $limit } minutes of such a file. Nothing was charged. Send it in parts, or as MP3, OGG or a voice message: { $longest } minutes of those.

## What went wrong: what happened · credits · what to do. The code stands behind a button.

details = Code { $code } · { $reference }
details-said = The model's own words: “{ $said }”
returned = { $price ->
        [0] Nothing was charged.
        [one] { $price } credit is back.
       *[other] { $price } credits are back.
    }
returned-group = Credits are back.
failed-safety = 🛡 The image filter stopped this request. { $returned } Say it in other words, without real people, brands or violence.
failed-no-image = 🤷 The model gave no usable picture, twice. { $returned } Try again, or reply to this message with other words.
failed-busy = 🕓 Google was still busy { $minutes } minutes after your request. { $returned } Try again in a few minutes.
failed-provider = 🕓 Google's service still had a fault { $minutes } minutes after your request. { $returned } Try again in a few minutes.
# A model of the second provider.
other-busy = 🕓 { $model } is busy. I keep trying, up to { $minutes } minutes from your request; no need to send it again.
other-fault = 🕓 { $model } has a fault. I keep trying, up to { $minutes } minutes from your request; no need to send it again.
other-was-busy = 🕓 { $model } was still busy { $minutes } minutes after your request. { $returned } Try again later, or choose another model.
other-had-fault = 🕓 { $model } still had a fault { $minutes } minutes after your request. { $returned } Try again later, or choose another model.
other-gone = 🛠 { $model } is not available at the moment. { $returned } Please choose another model.
other-video-safety = 🛡 The filter of { $model } stopped this video. { $returned } Say it in other words, without real people, brands or violence.
failed-late = 🕓 This took too long, so I stopped it. { $returned } Please try again.
failed-file-size = 📦 Telegram lets bots read files of up to 20 MB. { $returned } Send it as a photo, or smaller.
failed-file-read = 🧩 I cannot open this file as a picture. { $returned } Send it as a photo, or as a JPEG or PNG file.
failed-file-pixels = 📦 This picture has too many pixels for me to open. { $returned } Send it as a photo, Telegram makes it smaller, or scale the file down.
failed-file-gone = 🧩 The picture this starts from is no longer stored. { $returned } Send it again.
failed-ours = 🛠 Something broke on our side. { $returned } Please try again.
declined-no-prompt = Write what should be in the picture; parameters alone are not enough.
declined-long = ✂️ That is { $length } characters, I can take { $limit }. Nothing was charged. Shorten it and send it again.
declined-file-size = 📦 Telegram lets bots read files of up to 20 MB. Nothing was charged. Send it as a photo, or smaller.
declined-references = 🖼 That is more than { $limit } pictures. Nothing was charged. Send fewer.
declined-credits = 💳 This costs { $price } credits, you have { $credits }. Nothing was charged. { $way }
declined-waits = If you buy some within an hour, it goes on by itself; /cancel forgets it.
declined-here = ⏸ I cannot start this for you right now. Nothing was charged.
declined-jobs = ⏳ You have { $active } pictures in the works, the limit is { $limit } at once. Nothing was charged. Wait for one, then send this again.
fallback = ↪️ { $wanted } was unavailable, so another model painted this, at the same price.
fallback-cheaper = ↪️ { $wanted } was unavailable, so another model painted this; it is cheaper, and so was the picture.
declined-pause = ⏸ Many of your last requests ended without a result, or came very fast. Nothing was charged. I am resting until { $time } UTC, then send this again.
declined-rest = ⏸ So much was made that I am resting until { $time } UTC. Nothing was charged. Send this again then.
declined-off = ⏸ { $model } is switched off for now. Nothing was charged. /models shows what else there is; the model of your pictures is chosen in /settings, that of a video before it begins.
declined-off-answer = ⏸ Answering questions is switched off for now. Nothing was charged, and your free answers are as they were. Please try again later; for pictures there is /image.
declined-off-transcript = ⏸ Listening to recordings is switched off for now. Nothing was charged. Please write what you wanted to say, or try again later.
declined-off-speech = ⏸ Reading answers aloud is switched off for now. Nothing was charged. Please try again later.
declined-books = 🧮 A sum in my books of credits does not add up, so I start nothing new until that is found. Nothing was charged, and nothing is lost. Please send this again after { $time } UTC.
buy-books = 🧮 A sum in my books of credits does not add up, so I sell none until that is found. Nothing is lost: what was paid is credited. Please come back in an hour.
declined-day = 📅 This would pass today's limit of { $limit } credits. Nothing was charged. It resets at 00:00 UTC.
broken-update = 🛠 Something broke on our side while reading this message; nothing was charged. Please send it again.
broken-stored = 🛠 Something that I have stored for you cannot be read at the moment, so I could not do this. Nothing was charged, and all your credits are there. The fault is in our log under the code below; please try again in a few hours.
declined-not-done = ⏳ That picture is not finished yet. Reply to it once it is there.
declined-deleted = 🗑 That picture was deleted. Send it as a photo to go on from it.

## Settings

settings-title = <b>Settings</b>
settings-hint = You can also write <code>16:9</code>, <code>4K</code> or <code>x3</code> anywhere in a text. All models and prices: /models.
settings-model = { $title } · { $price }
settings-original-on = Send the original file too: yes
settings-original-off = Send the original file too: no
settings-review-each = 🎬 Video without asking: no
settings-review-above = 🎬 Video without asking: up to { $price }
settings-confirm-each = 💳 Ask first: as usual, above { $price }
settings-confirm-above = 💳 Ask me above { $price } credits
settings-confirm = 💳 What you order in words for up to { $price } credits I make at once, pictures and videos; above that I ask first. A button with a price on it needs no other question.
settings-review = 🎬 I make a video for up to { $price } credits at once if its description is clear: the shortest, in { $size }. Its card has “Cancel”. Otherwise you see the price and the choices first.
chosen = ✅ { $label }
language = <b>Language</b>
language-ru = Русский
language-en = English

## Balance and cancel

balance =
    You have <b>{ $credits }</b> { $credits ->
        [one] credit
       *[other] credits
    }{ $held ->
        [0] {""}
       *[other] {" "}· { $held } reserved for what is in the works
    }
balance-cashback = 💫 Until { $day } (UTC) { $percent } % of what you spend comes back by itself, up to { $most } credits. Yours so far: { $credits }.
balance-times = <i>Times are UTC.</i>
balance-empty = No entries yet.
balance-end = Nothing older here.
balance-pick = Which entry? Its number shows the receipt.
balance-csv = 📄 All { $count } entries, times in UTC. “credits” adds up to what you have.
balance-csv-newest = 📄 The newest { $count } entries, times in UTC.
balance-section-all = All entries
balance-section-purchases = 💳 Purchases
balance-section-pictures = 🖼 Pictures
balance-section-videos = 🎬 Videos
balance-section-talk = 💬 Answers
balance-section-gifts = 🎁 Bonuses
button-balance-newer = ◀️ Newer
button-balance-older = Older ▶️
button-balance-pick = 🧾 Receipts
button-balance-csv = 📄 All as CSV
button-receipt = 🧾 Receipt
toast-csv = Writing the file…
toast-csv-sent = You got the file within the last minute: it is above.
receipt-title = 🧾 <b>Receipt { $number }</b>
receipt-title-free = 🧾 <b>Receipt</b>
receipt-name = “{ $name }”
receipt-expired = What it was is no longer stored; its credits are.
receipt-asked = Asked for { $at } UTC
receipt-speech = { $model } · voice { $voice } · { $pace }
receipt-transcript = { $model } · a recording of { $duration }
receipt-paid = ✅ Delivered { $at } UTC for { $credits } { $credits ->
        [one] credit
       *[other] credits
    }.
receipt-paid-part = ✅ Delivered { $at } UTC for { $credits } { $credits ->
        [one] credit
       *[other] credits
    }; { $rest } more had been reserved and came back.
receipt-free = ✅ Delivered, free of charge.
receipt-back = ↩️ { $why } { $credits } { $credits ->
        [one] credit
       *[other] credits
    } came back { $at } UTC, so it cost nothing.
receipt-nothing = ↩️ { $why } It cost nothing.
receipt-open = ⏳ Still in the works, { $credits } { $credits ->
        [one] credit is
       *[other] credits are
    } reserved. /cancel stops it.
receipt-open-free = ⏳ Still in the works; it costs nothing.
receipt-why-safety = A safety filter stopped the request.
receipt-why-nothing = The model gave no usable result.
receipt-why-busy = The provider was busy for too long.
receipt-why-provider = The provider's service had a fault for too long.
receipt-why-late = It took too long and was stopped.
receipt-why-file = A file could not be opened, or was too large.
receipt-why-gone = A file that it started from was no longer stored.
receipt-why-place = Telegram did not accept the result.
receipt-why-ours = Something broke on our side.
receipt-why-canceled = You canceled it.
receipt-why-joined = It became a part of your next request.
receipt-why-unknown = It was not delivered.
receipt-bought = { $credits } { $credits ->
        [one] credit
       *[other] credits
    } for { $amount }
receipt-paid-at = Paid { $at } UTC · { $provider }
receipt-charge = Payment: <code>{ $charge }</code>
receipt-returned = ↩️ Refunded { $at } UTC: { $credits } { $credits ->
        [one] credit was
       *[other] credits were
    } taken back.
receipt-returned-part = ↩️ Refunded in part, { $amount } so far: { $credits } { $credits ->
        [one] credit was
       *[other] credits were
    } taken back.
receipt-cashback = 💫 { $credits } { $credits ->
        [one] credit
       *[other] credits
    } of what you spent came back.
receipt-charged-back = ↩️ The payment was taken back { $at } UTC, and { $credits } { $credits ->
        [one] credit
       *[other] credits
    } with it.
receipt-support = ✅ Credited. Money back: /paysupport
receipt-wallet = 👛 These were credits of the group, not yours.
receipt-unknown = 🧾 I find no such receipt of yours. Nothing was charged. The numbers are in /balance → 🧾 Receipts; or reply with /receipt to a result.
receipt-none = 🧾 There is nothing to show a receipt for yet.
entry-welcome = { $date } · +{ $credits } · welcome gift
entry-daily = { $date } · +{ $credits } · free credits of the day
entry-credit = { $date } · +{ $credits } · bonus
entry-other = { $date } · { $change } · other entry
entry-picture = picture
entry-answer = answer
entry-speech = spoken answer
entry-transcript = transcript of a recording
entry-video = video
entry-request = request
entry-bought = { $date } · +{ $credits } · bought
entry-refunded = { $date } · −{ $credits } · refunded
entry-charged-back = { $date } · −{ $credits } · payment taken back
entry-given = { $date } · +{ $credits } · { $note }
entry-taken = { $date } · −{ $credits } · { $note }
entry-cashback = { $date } · +{ $credits } · back from what you spent
entry-bonus = { $date } · +{ $credits } · a present of ours
entry-bonus-back = { $date } · −{ $credits } · present of a returned payment
entry-gift-sent = { $date } · −{ $credits } · your gift
entry-gift-received = { $date } · +{ $credits } · a gift for you
entry-gift-back = { $date } · +{ $credits } · your gift came back
entry-wallet-given = { $date } · −{ $credits } · for a group's wallet
entry-wallet-back = { $date } · +{ $credits } · back from a group's wallet
entry-wallet-paid = { $date } · +{ $credits } · a group's wallet paid for you
entry-wallet-returned = { $date } · −{ $credits } · back to the group's wallet
entry-spent = { $date } · −{ $credits } · { $note }
entry-held = { $date } · { $credits } reserved · { $note }
entry-returned = { $date } · { $credits ->
        [one] { $credits } credit
       *[other] { $credits } credits
    } returned · { $note }
cancel-again = ✖️ What could be stopped is stopped, and its credits are back.
cancel-question = ✖️ All right, never mind. Nothing was charged.
cancel-nothing = There is nothing to cancel: nothing of yours is under way.
cancel-waiting = ✖️ Canceled { $count } { $count ->
        [one] picture
       *[other] pictures
    } that waited.
cancel-drawn = ✖️ Stopped { $count } { $count ->
        [one] picture
       *[other] pictures
    } that I was drawing.
cancel-answers = ⏹ Stopped { $count } { $count ->
        [one] answer
       *[other] answers
    }: what is written stays.
cancel-archives = ⏹ Canceled { $count } { $count ->
        [one] ZIP.
       *[other] ZIPs.
    }
cancel-exports = ⏹ Canceled { $count } { $count ->
        [one] export
       *[other] exports
    } of your data.
cancel-recordings = ⏹ Stopped { $count } { $count ->
        [one] recording
       *[other] recordings
    } that I was listening to.
cancel-speeches = 🔇 Stopped { $count } spoken { $count ->
        [one] answer
       *[other] answers
    }; the words stay.
bot-description =
    Write or say what you want: ask a question, describe a picture, or send a photo and say what to change. Google's Gemini answers or draws in seconds.

    Some answers are free every day, and you begin with credits for pictures.
bot-short-description = Answers to questions, pictures from words, edits of your photos, with Gemini.
payments-closed = Payments are not open yet. Nothing was charged.
payment-unknown = This invoice is not valid any more. Nothing was charged: take a new one with /buy.
payment-of-another = This invoice is for another person. Nothing was charged: take your own with /buy.
payment-expired = This invoice has expired. Nothing was charged: take a new one with /buy.
payment-thanks =
    ✅ Thank you! { $credits } { $credits ->
        [one] credit
       *[other] credits
    }{ $bonus ->
        [0] {""}
       *[other] {" "}and { $bonus } as a present
    } came; you have { $available } now.
payment-returned = ↩️ Telegram returned { $stars } ⭐ to you, so { $credits } { $credits ->
        [one] credit was
       *[other] credits were
    } taken back{ $bonus ->
        [0] {""}
       *[other] {" "}with the presents that the purchase had brought
    }. You have { $available } now.
payment-subscribed =
    ✅ Your subscription has begun: { $credits } { $credits ->
        [one] credit is
       *[other] credits are
    } here; you have { $available } now. It is paid until { $date } and then renews itself; cancel whenever you like: /subscription.
payment-renewed =
    🔁 Your subscription is renewed until { $date }: { $credits } { $credits ->
        [one] credit is
       *[other] credits are
    } here; you have { $available } now. /subscription
payment-returned-subscribed = Your subscription goes on all the same: cancel it with /subscription.
buy =
    <b>Buy credits</b>
    You have { $available }. A small picture costs { $picture }, a video from { $video }. Credits do not expire. 🔁 brings credits every 30 days until you cancel it: /subscription.

    What costs ⭐ is paid with Telegram Stars, inside Telegram. Money back: /paysupport, terms: /terms, privacy: /privacy.
buy-in-private = Credits are bought in our private chat.
growth-in-private = This works in our private chat.
promo-how =
    <b>Promo code</b>
    Send it like this: <code>/promo ABCDE-FGHJK</code>. Small or large letters, spaces and hyphens do not matter.
promo-credits = 🎁 The code works: { $credits } { $credits ->
        [one] credit
       *[other] credits
    } for you. You have { $available } now: just write what you want to see.
promo-percent = 🎁 The code works: your next purchase until { $day } brings { $percent } % more credits. /buy
promo-unknown = I do not know this code. Nothing has changed; look at it once more and send /promo with it again. { $left ->
        [0] That was the last try for now.
        [one] One more try now.
       *[other] { $left } more tries now.
    }
promo-wait = That was a lot of codes in a short time. Your credits are as they were; the next try is possible at { $time } UTC.
promo-ended = This code has ended. Your credits are as they were; other ways to more of them: /buy, /invite.
promo-used-up = This code was for a certain number of people, and they were faster. Your credits are as they were. More of them: /buy, /invite.
promo-used = You have used this code already; it works once for everybody. Your credits: /balance.
promo-not-first = This code is for a first purchase, and you have bought credits before. Thank you for that! Your credits are as they were: /balance.
promo-debt = The code is good, but free credits cannot pay a debt: buy a few first, then send it again. It is not used up. /buy
promo-operator = As an operator you see all promo codes, so they are for other people only. Your credits are as they were: /balance.
promo-has-better = A code that is at least as good waits for your next purchase already. This one is not used up: send it again after that. /buy
gift-how =
    <b>A gift</b>
    <code>/gift 20</code> makes a link. Whoever opens it first gets 20 of your credits. Until then you can take them back; after 7 days they come back by themselves.

    You can give { $credits } now, at most { $most } at once: credits that you bought, from the fourth day on.
gift-too-many = A gift holds at most { $most } credits. Nothing was taken: choose a smaller number, such as <code>/gift { $most }</code>.
gift-not-enough = You do not have so many credits. Nothing was taken; what you have: /balance, more: /buy.
gift-not-bought = You can give { $credits } { $credits ->
        [one] credit
       *[other] credits
    } now: only those that you bought, from the fourth day on. Nothing was taken. More: /buy.
gift-too-often = You have made many gifts today, how kind! Nothing was taken; tomorrow you can make more.
gift-made =
    🎁 A gift of { $credits } { $credits ->
        [one] credit
       *[other] credits
    } is ready. It belongs to whoever opens this link first:

    { $url }

    If nobody does, it comes back to you on { $time } UTC.
gift-invitation = 🎁 { $credits } { $credits ->
        [one] credit
       *[other] credits
    } for pictures, videos and answers: open the link, and the gift is yours.
button-gift-send = Send it
button-gift-back = Take it back
gift-recalled = ↩️ You took your gift back: { $credits } { $credits ->
        [one] credit is
       *[other] credits are
    } with you again. Another one: /gift.
gift-recalled-toast = It is back with you
gift-received-already = Somebody has opened it already
gift-opened = 🎁 A gift: { $credits } { $credits ->
        [one] credit is
       *[other] credits are
    } yours. You have { $available } now: just write what you want to see.
gift-yours-already = This gift is with you already: { $credits } { $credits ->
        [one] credit
       *[other] credits
    }. Your credits: /balance.
gift-own = This is your own gift of { $credits } { $credits ->
        [one] credit
       *[other] credits
    }, and nobody has opened it yet. Send the link to somebody, or take it back with the button under it.
gift-gone = This gift is gone: somebody was faster, or its time was over. Your credits are as they were: /balance.
gift-withdrawn = This gift was taken back, so it cannot be opened any more. Your credits are as they were: /balance.
gift-unknown = This link leads to no gift. Your credits are as they were: /balance.
gift-told-received = 🎁 Your gift has arrived: somebody opened it and has { $credits } { $credits ->
        [one] credit
       *[other] credits
    } now. Another one: /gift.
gift-told-recalled = ↩️ Nobody opened your gift, so { $credits } { $credits ->
        [one] credit is
       *[other] credits are
    } with you again. Another one: /gift.
gift-told-uncovered = ↩️ A payment of yours was returned, so your gift of { $credits } { $credits ->
        [one] credit
       *[other] credits
    } could not be opened: it is with you again. Your credits: /balance.
invite =
    <b>Invite friends</b>
    { $url }

    Who is new here and comes by this link begins with credits for pictures. When their first purchase is three days old, you get { $inviter } credits and they get { $invited }, for up to { $most } friends a month.

    Came by your link: { $came }. Rewarded: { $rewarded }.
invite-invitation = Pictures, videos and answers from words. You begin with { $welcome } free credits.
button-invite-send = Send the link
invite-told-inviter = 🎉 Somebody whom you invited stayed: { $credits } { $credits ->
        [one] credit
       *[other] credits
    } for you. Your link: /invite.
invite-told-invited = 🎉 Good that you are here: { $credits } { $credits ->
        [one] credit
       *[other] credits
    } for you, because you came by an invitation. Your own link: /invite.
invite-told-back = ↩️ Somebody whom you invited got their money back, so your reward of { $credits } { $credits ->
        [one] credit was
       *[other] credits were
    } taken back. Your credits: /balance, your link: /invite.
button-package = { $credits } credits · { $stars } ⭐
button-plan = 🔁 { $credits } credits / { $days } days · { $stars } ⭐
button-subscribe = Subscribe · { $stars } ⭐
button-subscription = 🔁 My subscription
button-cancel-subscription = Cancel the subscription
button-restore-subscription = Allow it again
subscribe =
    🔁 <b>{ $credits } credits every { $days } days</b> for { $stars } ⭐
    The first ones come at once. Then Telegram takes the Stars by itself until you cancel: /subscription. Credits that you have stay when it ends.
subscription-description = Credits for this bot every 30 days, until you cancel. They do not expire.
subscription-none = You have no subscription. Credits and subscriptions: /buy.
subscription-title = 🔁 <b>{ $credits } credits every 30 days</b> · { $stars } ⭐
subscription-renews = Paid until { $date }. Then Telegram takes the next Stars by itself.
subscription-late = Paid until { $date }, and the next payment has not come. Your credits stay; see that you have enough Stars, or turn it on again in Telegram: Settings → My Stars.
subscription-stopped = Canceled: nothing more is taken. It is paid until { $date }, and your credits stay.
subscription-canceled = It ends on { $date }, and nothing more is taken; your credits stay. To have it renewed, turn it on in Telegram: Settings → My Stars.
subscription-asked = Telegram has not answered yet whether it does what you pressed: press once more. It is paid until { $date }.
subscription-ended = It ended on { $date }; your credits stay. A new one: /buy.
subscription-refused = Telegram did not do it, so nothing has changed. You can do it in Telegram: Settings → My Stars.
toast-subscribed = You have a subscription already.
toast-subscription-stopped = Canceled: nothing more is taken.
toast-subscription-allowed = Allowed. Turn it on in Telegram: Settings → My Stars.
renewal-canceled = Your subscription will not be renewed. It is paid until { $date }, nothing more is taken, and your credits stay. /subscription
renewal-on = 🔁 Your subscription goes on: on { $date } Telegram takes { $stars } ⭐ for the next credits. /subscription
renewal-failed = Your subscription could not be renewed: Telegram did not get { $stars } ⭐. Your credits stay. Add Stars, and look whether it goes on: /subscription
subscription-card-title = 🔁 <b>{ $credits } credits every 30 days</b> · { $money }, by card
subscription-card-renews = Paid until { $date }. Then the payment service takes the next { $money } from your card by itself.
subscription-card-late = Paid until { $date }, and the next payment has not come. Your credits stay. The payment service tries for about a day: see that the card has { $money }. With another card: cancel this one, then take a new one with /buy.
subscription-card-stopped = Canceled: nothing more is taken. It is paid until { $date }, and your credits stay. A new one: /buy.
subscription-card-canceled = Nothing more is taken from your card. It is paid until { $date }, and your credits stay. A new one: /buy.
subscription-card-ended = It ended on { $date }; your credits stay. A new one: /buy.
subscription-card-asked = You canceled it, and the payment service has not confirmed that yet: I ask it again until it does. It is paid until { $date }, and your credits stay.
subscription-card-waits = The payment service has not confirmed it yet. I ask again until it does; /subscription shows when it is done. If it takes money meanwhile: /paysupport.
renewal-card-canceled = Your subscription by card will not be renewed: nothing more is taken from your card. It is paid until { $date }, and your credits stay. A new one: /buy.
renewal-card-failed = ❌ Your subscription could not be renewed: the payment service did not get { $money }. Nothing was charged, and your credits stay. It tries again within a day: see that the card has enough on it, or cancel and take a new one with another card: /subscription
toast-new-prices = Prices have changed: here are the new ones.
invoice-title = { $credits } credits
invoice-description = Credits for pictures, videos and voice of this bot. They are here at once and do not expire.
button-by-card = 💳 By card
button-card-package = { $credits } credits · { $money }
button-card-missing = 💳 { $credits } credits · { $money }
button-card-plan = 🔁 { $credits } credits / { $days } days · { $money }
button-currency = In { $currency }
button-card-pay = Pay { $money }
button-card-again = Pay { $money } again
button-email-keep = Remember this e-mail
button-email-other = Use another e-mail
button-email-forget = Forget my e-mail
toast-email-kept = Remembered for your next purchase. You can have it forgotten there.
toast-email-forgotten = Your e-mail is forgotten.
card-buy =
    <b>Buy credits by card</b>
    You pay on the page of the payment service; I never see your card. The credits come here by themselves. Or with Stars: /buy.
card-email-ask = ✉️ Which e-mail shall the receipt go to? The payment service needs one. Nothing is charged yet.
card-email-placeholder = name@example.com
card-email-wrong = ✉️ That is not an e-mail address. Please send one like name@example.com. Nothing is charged yet.
card-pay =
    <b>{ $credits } credits for { $money }</b>
    The receipt goes to { $email }. Pay on the page of the payment service; the credits come here by themselves, mostly within a minute. Nothing is charged before you pay.
card-pay-plan =
    🔁 <b>{ $credits } credits every { $days } days for { $money }</b>
    The first ones come when you pay. Then the payment service takes { $money } every { $days } days by itself until you cancel: /subscription. Credits that you have stay when it ends.
    The receipts go to { $email }. Nothing is charged before you pay.
card-refused = The payment service does not take this with { $email }. Nothing was charged. Try another e-mail or pay with Stars: /buy.
card-unavailable = The payment service cannot be reached right now. Nothing was charged. Try again in a few minutes, or pay with Stars: /buy.
card-failed = ❌ The payment of { $money } did not go through, so nothing was charged and no credits were bought. Try again with the button, with another card too; or pay with Stars: /buy.
card-returned = ↩️ { $money } went back to you, so { $credits } { $credits ->
        [one] credit was
       *[other] credits were
    } taken back{ $bonus ->
        [0] {""}
       *[other] {" "}with the presents that the purchase had brought
    }. You have { $available } now.
card-returned-part = ↩️ A part of your payment went back to you: { $money }. So { $credits } { $credits ->
        [one] credit was
       *[other] credits were
    } taken back{ $bonus ->
        [0] {""}
       *[other] {" "}with the presents that the purchase had brought
    }, and the rest is yours. You have { $available } now.
card-returned-free = ↩️ { $money } went back to you. Your credits are as they were; you have { $available }. More of them: /buy.
card-charged-back = ↩️ Your bank took { $money } back, so { $credits } { $credits ->
        [one] credit was
       *[other] credits were
    } taken back{ $bonus ->
        [0] {""}
       *[other] {" "}with the presents that the purchase had brought
    }. You have { $available } now. Cards are closed for you for now: if that was a mistake, write to { $contact }. With Stars you can go on: /buy.
subscribed-twice = ⚠️ You have two subscriptions now, and both renew themselves. Cancel the one that you do not want: /subscription. How its money comes back: /paysupport.
card-begun-closed = Cards are closed for you, so it does not renew itself: I have canceled it. What was paid stays yours; questions: { $contact }.
card-charged-back-subscribed = Your subscription by card is canceled too: /subscription shows it.
card-closed = Cards are closed for you, because a bank took a payment back. Nothing was charged. Write to { $contact }, or pay with Stars: /buy.
card-disputed = ⚠️ The payment service reports a payment of yours that does not fit the order of { $money }, so no credits came yet. Nothing is lost: write to { $contact } and name the order <code>{ $code }</code>.
privacy-cards = Who pays by card: the payment service gets your e-mail and sees your card, I do not. I keep the e-mail with the order for 400 days (of a subscription: as long as it runs and 400 days more), and for your next purchase only if you say so.
paysupport =
    <b>Money back</b>
    • What fails is not charged: its credits come back by themselves.
    • Credits that you have not used are returned the way you paid within 14 days of the payment. Write to { $contact } with the number of the receipt: /balance → 🧾 Receipts.
    • When a payment is returned, its credits are taken back, also if they were spent: then you owe them until you buy some. When a part is returned, that part is taken back.
    • When a bank takes a payment back, cards are closed for its buyer until that is settled.
    • Telegram cannot help with purchases made in this bot. The terms: /terms.
terms =
    <b>Terms</b>
    • Credits pay for pictures, videos, transcripts, spoken and long answers in this bot. Some answers and recordings are free every day.
    • The price stands on the button, the card or the question before a model is asked; I ask first about anything above { $limit }, or above your own limit: 💳 in /settings. In a group, where others read along, the price is not shown: /settings names it, /receipt says what was paid.
    • Credits are held when the work begins and charged when the result is delivered. What fails, is refused or is canceled in time costs nothing; /receipt says what became of each.
    • Credits are no money. Bought ones can be given to others with /gift. They do not expire.
    • What came as a present with a purchase, or for it, is taken back when the purchase's money is returned.
    • A subscription renews itself every 30 days until you cancel it (/subscription); a period that has begun is not returned once its credits are used.
    • What the models make may be wrong or like something that exists; what you do with it is up to you. What the law forbids is forbidden here too.
    • Prices may change. What was accepted costs what was said, and what was paid is always honoured.
    • Money back: /paysupport. What is kept about you: /privacy.

## The command menu

command-image = Make a picture
command-video = Make a video
command-improve = Three better wordings of a wish
command-describe = The prompt of a photo or a video
command-styles = Styles and templates
command-ask = Ask a question
command-search = An answer with a search on the web
command-mode = Auto, picture, video or chat
command-voice = Voice: answers, and your messages
command-new = A new conversation
command-role = Role, language and length of answers
command-zone = Time zone
command-prompts = Prompts of your own
command-price = Price of the last answer
command-gallery = My pictures and videos
command-app = The app: all of it on one page
command-history = Earlier conversations
command-memory = What I know about you
command-balance = Credits and all entries
command-receipt = Receipt of the last entry, or by its number
command-buy = Buy credits
command-subscription = My subscription
command-promo = Use a promo code
command-gift = Give credits to somebody
command-wallet = The group's credits
command-invite = Invite friends
command-settings = Model, format, size, how many
command-help = What I can do
command-language = Русский, English
command-batch = Up to 10 different pictures at once
command-api = Keys for your programs
command-cancel = Stop what is not finished

## Answers in words

mode-title =
    <b>What shall plain words do?</b>
    🪄 Auto: I draw, change or answer, as your words ask; where they leave a doubt I ask first, for free.
    🖼 Picture: I draw what you write.
    🎬 Video: I show what a video of it costs, and make it when you press.
    💬 Chat: I answer in words and remember what we talked about.

    In every mode: /image for a picture, /video for a video, /ask for a question, /new for a new conversation.
mode-above = What may a picture cost, in credits, that I draw in Auto without a question?
mode-auto = 🪄 Auto
mode-picture = 🖼 Picture
mode-video = 🎬 Video
mode-chat = 💬 Chat
ask-usage = Put your question after the command: <code>/ask why is the sky blue?</code>, or send it in reply to a message, a photo or a file. Mostly the question alone is enough.
ask-describe = What is this? Tell me briefly what matters in it.
ask-shorter = Say the same more briefly.
ask-longer = Tell me more about it.
ask-continue = Go on where you stopped.
conversation-new = 💬 A new conversation: I do not know the earlier one here; /history brings it back.
price-at-most = 💳 { $price } { $price ->
        [one] credit
       *[other] credits
    } at most
answer-thinking = 💭 Thinking…
answer-waiting = ⏳ I will answer this after what you asked before.
answer-canceled = ✖️ Canceled, nothing was charged.
answer-failed-safety = 🛡 Google's filter stopped this answer. { $returned } Ask in other words.
answer-failed-none = 🤷 The model gave no answer, twice. { $returned } Ask again, or in other words.
answer-declined-many = ⏳ { $limit } questions are waiting for an answer here already. Nothing was charged. Wait for one of them and send this again.
answer-file-size = 📦 Telegram lets bots read files of up to 20 MB. { $returned } Send a smaller one, or a part of it.
answer-file-kind = 📎 I cannot read files of this kind. { $returned } I read pictures, PDF, text and code, docx, xlsx, pptx, odt, ods, odp and MP4 videos.
answer-file-long = 🎬 I watch videos of up to 90 seconds. { $returned } Send a shorter part. What is said in a longer one you get by replying to it with /transcribe.
answer-file-old = 📎 This is an old Office format, or one with a password. { $returned } Save it as docx, xlsx, pptx or PDF without a password and send it again.
answer-file-locked = 🔒 This file is protected by a password. { $returned } Remove the password and send it again.
answer-file-empty = 📄 There is nothing to read in this file. { $returned } If its pages are pictures, send them as photos or as a PDF.
answer-file-broken = 🧩 I cannot open this file: it is damaged, or not what its name says. { $returned } Save it anew and send it again.
answer-file-pages = 📚 That is more than I read at once: 50 pages of PDF or 90 seconds of video, less beside other files. { $returned } Send a part of it.
answer-file-pixels = 📦 This picture has too many pixels for me to open. { $returned } Send it as a photo, Telegram makes it smaller.
answer-file-bomb = 📦 Unpacked, this file is far larger than I may open. { $returned } Send the part that matters.
answer-file-gone = 🧩 This file is no longer at Telegram. { $returned } Send it again.
answer-left-sent = 📬 The answer is in our private chat: I may not write here.
answer-left-kept = 📬 The answer is ready, but I may not send it here. The button brings it into the private chat, within 24 hours.
answer-ready = ✨ Your answer is ready.
button-get-answer = 📬 Get the answer
button-answer-stop = ⏹ Stop
button-answer-again = 🔁 Again
button-answer-shorter = ➖ Shorter
button-answer-longer = ➕ Longer
button-answer-reworded = 🔁 Answer the new one
answer-file = 📄 The whole answer in one file
answer-file-name = answer
button-answer-file = 📄 As a file
button-answer-continue = ▶️ Continue
answer-edited = ✏️ I am answering the question as it was, or have answered it. Shall I answer the corrected one?
toast-answer-more = On it!
toast-answer-running = Wait for the answer, or press ⏹ Stop under it.
toast-answer-stopped = Stopping; what was said stays.

## Answers in speech

button-speak = 🔊 Up to { $price } cr.
button-unsay = 🗑 Delete
button-sample = 🔊 Hear { $voice }
voice-title =
    <b>Shall I speak my answers?</b>
    The words always come too; 🔊 under an answer speaks it in any mode. Kore, Aoede and Leda sound like women, Puck, Charon and Orus like men.
voice-price = A minute costs about { $price } { $price ->
        [one] credit
       *[other] credits
    }.
hearing-title = And your voice messages: shall I do what they say, or only show their words?
hearing-act = 🎧 Do it
hearing-write = 📝 Words only
button-said-answer = 💬 Answer
button-said-draw = 🎨 Draw
toast-said-draw = I ask below, with the price.
speech-never = 🔇 Never
speech-kind = 🎙 When I speak
speech-always = 🔊 Always
speech-slow = Slow
speech-normal = Normal
speech-fast = Fast
speech-sample = Hello! This is how I sound. Shall I read my answers to you like this?
speech-nothing = There is nothing in it that can be spoken: only code, a table or symbols.
speech-recording = 🎙 Recording…
speech-failed-safety = 🛡 Google's filter did not let this be spoken. { $returned }
speech-failed-none = 🤷 The model said nothing, twice. { $returned } Press 🔊 again a little later.
speech-failed-gone = 🔇 The words or their sound are no longer there. { $returned }
speech-failed-unsure = 📡 Telegram did not confirm the voice message, so I do not send it again by myself. { $returned } If it is not here, press 🔊 once more.
speech-failed-place = 🔇 Neither voice messages nor files are allowed here. { $returned } Answers in words still are.
toast-speak = Recording…
toast-speaking = It is being recorded.
toast-spoken = It is spoken already: look above.
toast-speech-tired = That did not work several times. Choose another voice with /voice, or try another answer.
toast-speech-gone = That was deleted.
toast-unsaid = Deleted, here and from my storage.
toast-unsaid-old = My copy is deleted. Telegram does not let me delete the message any more: please do it yourself.
toast-unsaid-later = I will delete it in a minute or two.
toast-sample = Recording a sample…

## Role, language and clock of answers

role-title = <b>How shall I answer?</b>
role-long = ✂️ A role may have up to { $limit } characters. Shorten it and send it again.
role-hint = A role in your own words: <code>/role answer like a pirate</code>.
role-now = { $role } · { $detail } · language: { $tongue } · { $zone }, now { $time }
role-pair = { $source } ⇄ { $target }
role-own-words = Your words: “{ $words }”
role-lent-words =
    Somebody else's words: “{ $words }”
    With them I know nothing of what we said before or of your memory, write no links, and answer about files without them.
role-shared =
    🎭 Somebody shares a role with you: how I should answer.
    <blockquote>{ $text }</blockquote>
    These are somebody else's words: read them; nothing happens until you press. While you try it, it knows nothing of what we said before or of your memory, and gets no files and no links. Make it yours only if you would have written it yourself.
role-replaces = “Make it mine” replaces your own words: “{ $words }”
role-gone = This role is no longer there, or no longer shared.
role-lent = 🎭 Somebody else's
button-role-share = 🔗 Share this role
button-role-use = 🎭 Use this role
button-role-try = ▶️ Try it
button-role-adopt = ✍️ Make it mine
toast-role-try = I answer like this now. /role ends it.
toast-role-adopt = It is your own role now: /role
role-assistant = 🍌 Assistant
role-teacher = 🎓 Teacher
role-editor = ✒️ Editor
role-coder = 💻 Programmer
role-friend = ☕ Friend
role-translator = 🌐 Translator
role-own = ✍️ My own
detail-short = Short
detail-normal = Normal
detail-detailed = Detailed
button-tongue = 🗣 { $tongue }
button-zone = 🕓 { $zone }
button-from = 🌐 { $tongue }
button-to = ⇄ { $tongue }
toast-role-own = Describe the role in your own words after the command: /role answer like a pirate
tongue-title = <b>In which language shall I answer?</b>
pair-from = <b>From which language shall I translate?</b> And back, too.
pair-to = <b>Into which language shall I translate?</b> And back, too.
zone-title =
    <b>What is your time zone?</b>
    I use it for times such as “tomorrow at 9”, and to count free answers by the day. Another city or offset: <code>/zone Delhi</code>, <code>/zone +3</code>.
zone-unknown = 🤔 I know no such place: “{ $words }”. Choose below, or send the offset from UTC: <code>/zone +3</code>.
zone-offset = Own offset
tongue-auto = As asked
tongue-ru = Русский
tongue-en = English
tongue-uk = Українська
tongue-be = Беларуская
tongue-kk = Қазақша
tongue-uz = Oʻzbekcha
tongue-de = Deutsch
tongue-fr = Français
tongue-es = Español
tongue-pt = Português
tongue-it = Italiano
tongue-pl = Polski
tongue-tr = Türkçe
tongue-ar = العربية
tongue-zh = 中文
tongue-ja = 日本語
zone-honolulu = Honolulu
zone-losangeles = Los Angeles
zone-denver = Denver
zone-mexico = Mexico City
zone-newyork = New York
zone-saopaulo = São Paulo
zone-utc = UTC
zone-london = London
zone-berlin = Berlin
zone-kaliningrad = Kaliningrad
zone-kyiv = Kyiv
zone-moscow = Moscow
zone-istanbul = Istanbul
zone-minsk = Minsk
zone-samara = Samara
zone-dubai = Dubai
zone-yekaterinburg = Yekaterinburg
zone-tashkent = Tashkent
zone-almaty = Almaty
zone-delhi = Delhi
zone-omsk = Omsk
zone-novosibirsk = Novosibirsk
zone-irkutsk = Irkutsk
zone-beijing = Beijing
zone-yakutsk = Yakutsk
zone-tokyo = Tokyo
zone-vladivostok = Vladivostok
zone-sydney = Sydney
zone-kamchatka = Kamchatka

## Videos

video-usage =
    🎬 Write what happens after the command: <code>/video a fox runs through fresh snow</code>. To animate a picture, reply to it with <code>/video</code> and what should move.
    Two photos with <code>/video</code> become its first and last frame, up to six its characters and things; a reply to a finished video changes or continues it.
    First you see the price and can choose length, format, resolution and sound; nothing is spent before you press. With /settings cheap ones can begin without that.
video-animate-prompt = Bring this picture to life: natural movement, a calm camera, the same style
video-frames-prompt = A smooth, natural transition from the first picture to the last, a calm camera
video-references-prompt = A short scene with what these pictures show: natural movement, a calm camera
video-extend-prompt = The scene continues naturally: the same characters, the same camera and style, the sound goes on
video-change-ask = ✏️ Reply to this message: what should be different in the video? First you see the price.
video-change-placeholder = Make it night, and let it snow…
video-source-gone = 🧩 That video is not there any more. Nothing was charged. Make a new one: /video.
video-source-length = 📏 I can change videos of { $shortest } to { $longest } seconds, and continue them up to { $continued }. Nothing was charged.
toast-gone-video = That video was deleted.
toast-video-length = I can change videos of { $shortest } to { $longest } seconds, and continue them up to { $continued }.
review = 🎬 A video: “{ $words }”
review-picture = 🎬 A video from this picture: “{ $words }”
review-frames = 🎬 A video from the first picture to the last: “{ $words }”
review-references = 🎬 A video with what { $count ->
        [one] this picture shows
       *[other] these { $count } pictures show
    }: “{ $words }”
review-edit = ✏️ The same { $before } s, changed: “{ $words }”
review-extend = ➕ The video goes on, { $before } s become { $after }: “{ $words }”
review-extend-how = 💡 To say what happens, reply to the video: <code>continue: it finds its den</code>.
review-animate-how = 💡 To say what moves, just write it, for example <code>the cat blinks</code>.
review-animate-how-group = 💡 To say what moves, reply to the picture: <code>/video the cat blinks</code>.
review-shape = 📐 The picture is { $shape }, and videos are 16:9 or 9:16: in { $ratio } its edges are cut off or filled in.
review-left-out = 🖼 It takes { $count } pictures; the last { $left } are left out.
review-work-image = 🎞 First frame
review-work-frames = 🎞 Two frames
review-work-reference = 🧩 References
review-work-edit = ✏️ Change
review-work-extend = ➕ Continue
review-added = +{ $seconds } s
review-time = Usually it takes { $from }–{ $to } minutes.
review-free = Nothing is spent before you press the button.
review-cheapest = { $seconds } s at { $size } cost { $price }.
review-seconds = { $seconds } s
review-short = 💳 This costs { $price } credits, you have { $credits }. { $way }
review-price = { $price } { $price ->
        [one] credit
       *[other] credits
    }
review-told = This costs { $price } { $price ->
        [one] credit
       *[other] credits
    }. Press once more to have it made.
review-dropped = ✖️ No video was made, and nothing was charged. A new one: /video. To change a picture, reply to it with /image and words.
button-make = 🎬 Make it · { $price } { $price ->
        [one] credit
       *[other] credits
    }
button-film = 🎬 Make a video…
button-animate = 🎬 Animate
button-change = ✏️ Change
button-extend = ➕ Continue
button-saving = ✕ Cancel · { $price } back
button-get-video = 📬 Get the video
video-chips = <b>{ $title }</b> · { $seconds } s · { $ratio } · { $size } · 🔊
video-chips-mute = <b>{ $title }</b> · { $seconds } s · { $ratio } · { $size } · 🔇
video-price = { $price } { $price ->
        [one] credit
       *[other] credits
    }
video-words = 🎬 “{ $words }”
video-words-edit = ✏️ “{ $words }”
video-words-extend = ➕ “{ $words }”
video-queued = ⏳ Step 1 of 3 · in the queue
video-rendering = 🎬 Step 2 of 3 · rendering · { $elapsed } · usually { $from }–{ $to } min
video-rendering-long = 🎬 Step 2 of 3 · rendering · { $elapsed } · longer than the usual { $from }–{ $to } min. Within { $minutes } minutes of your request you get it, or your credits back.
video-rendering-group = 🎬 Step 2 of 3 · rendering… usually { $from }–{ $to } min
video-sending = 📤 Step 3 of 3 · sending
video-ready = ✨ Your video is ready.
video-shorter = ℹ️ It came out shorter than ordered, so you paid for less.
video-fallback = ↪️ { $wanted } is unavailable, so another model makes this video.
video-fallback-cheaper = ↪️ { $wanted } was unavailable, so another model made this video; it is cheaper, and so was the video.
video-mute = 🔇 The model made it without sound, although sound was ordered.
video-canceled-begun = ✖️ Canceled while it was being rendered. { $price } { $price ->
        [one] credit is
       *[other] credits are
    } back: Google charges us for it, not you.
video-linked = 📦 This video is larger than Telegram takes from bots. The button opens it, for { $hours } hours.
button-link = ⬇️ Open the video
video-shrinking = 📦 Step 3 of 3 · the video is there, but larger than Telegram takes from bots. I am making a smaller copy, usually within two minutes; you get the original by a link too.
video-original = 📦 The video above is a smaller copy. The original has { $megabytes } MB: the button opens it, for { $hours } hours.
button-original-video = ⬇️ Open the original
video-left-why = ℹ️ The group did not let me post the video, so it is here.
video-left-sent = 📬 The video is in our private chat: I may not post it here.
video-left-kept = 📬 The video is ready, but I may not post it here. The button brings it to our private chat, for 24 hours.
video-failed-safety = 🛡 Google's filter stopped this video. { $returned } Say it in other words, without real people, brands or violence.
video-failed-none = 🤷 The model gave no video that plays. { $returned } Try again, or say it in other words.
video-failed-source = 🧩 The video that this starts from cannot be used any more. { $returned } Make a new one: /video.
video-failed-late = 🕓 No video came within { $minutes } minutes. { $returned } If it still comes within a day, I bring it for free. Or try again.
video-late = 🎁 It came after all. You have your credits back already, so this video is free.
video-late-group = 🎁 It came after all.
video-late-lost = 🤷 The video came after all, but it cannot be shown. Nothing was charged for it. Try again, or say it in other words.
video-which = 👆 Press a button above: it shows what that costs first.

## Wordings and prompts of references

button-improve = ✨ Improve
button-prompt-of = 📝 Prompt
button-others = 🔁 Others
button-read-draw = 🎨 Draw
button-read-film = 🎬 Animate
toast-wording = I am writing…
wording-title = ✨ { $count ->
        [one] <b>Another way to say it.</b> A button draws it
       *[other] <b>{ $count } ways to say it.</b> A button draws one
    }; until then nothing is spent.
wording-variant =
    <b>{ $number }</b>
    <blockquote>{ $words }</blockquote>
wording-read =
    📝 <b>The prompt.</b> Tap it to copy; nothing is spent until you press a button.
    <code>{ $words }</code>
wording-cap = ✨ That is all I can write for you today; tomorrow there is more. Your own words can be drawn as they are.
wording-away = ✨ I cannot write that just now, and nothing was spent. Try again in a minute; your own words can be drawn as they are.
wording-refused = 🛡 Google's filter did not let me write about that. Nothing was spent. Say it in other words.
improve-usage = ✨ What shall I word better? Reply with your wish, or send it after the command: <code>/improve a fox in the snow</code>. You get three prompts to choose from, for nothing.
describe-usage = 📝 Reply to this with a photo or a short video, and you get a prompt that makes something like it, for nothing. Or send it with the caption <code>/describe</code>, reply so to one, or send a link to a picture after the command.
describe-placeholder = A photo or a video…
link-address = 🔗 I open plain https links only, without a name or password in them. Nothing was spent. Send the picture or the video itself.
link-private = 🔗 This link leads to no public place on the internet, so I do not open it. Nothing was spent. Send the picture or the video itself.
link-away = 🔗 I got nothing from this link. Nothing was spent. Try it again in a minute, or send the picture or the video itself.
link-size = 📦 What this link leads to is larger than 20 MB. Nothing was spent. Send a smaller one.
link-kind = 🔗 This link leads to a page or a file that is neither a picture nor an MP4 video. Nothing was spent. Open it, copy the address of the picture itself, or send the picture.

## Styles and templates

button-styles = 🖌 Styles
button-style-last = 🎨 The last wish · { $price }
styles =
    🖌 <b>Styles and templates.</b> Choose one, then say what to draw in it; the price comes first.
    For a picture or a photo that is here already: 🪄 Tools, then 🖌 Styles.
style-chosen = <b>{ $title }</b> · { $price } { $price ->
        [one] credit
       *[other] credits
    }. What shall I draw? Your next words are drawn in it.
style-chosen-group = <b>{ $title }</b>. What shall I draw? Reply to this message.
style-chosen-last = Or press for the last wish: “{ $words }”
link-prompt = A link brought this prompt. Shall I draw it? “{ $words }”
restyle = Redraw this picture in another style, and keep what is in it, the composition, and the faces. The style: { $look }
style-example =
    <b>{ $title }</b> · { $index } of { $count }
    The same subject in each style: a red fox beside an old lighthouse. Yours shows what you write.
style-example-test = 🧪 Made by a test model, which knows no styles: the real one draws it differently.
button-examples = 🖼 See examples
button-example-choose = 🖌 Draw in this style
app-styles = Styles
app-styles-hint = The same subject in each. A press puts the style before your words.
app-style-use = Use { $title }
app-styles-test = 🧪 These were made by a test model, which knows no styles.
style-watercolour = 💧 Aquarelle
look-watercolour = A watercolour with loose washes, soft edges and the grain of the paper
style-oil = 🖼 Oil
look-oil = An oil painting with visible brushstrokes, deep shadows and warm varnish
style-film = 🎞 Film photo
look-film = A photo on 35 mm film with natural light, fine grain and muted colours
style-anime = 🌸 Anime
look-anime = A frame of a hand-drawn anime film, clean lines, painted background, soft light
style-comic = 💥 Comic
look-comic = A page of a comic book with bold ink outlines, flat colours and halftone dots
style-pencil = ✏️ Pencil
look-pencil = A pencil drawing with fine hatching on white paper, no colour
style-pixel = 👾 Pixel art
look-pixel = Pixel art of an old video game, few colours, sharp square pixels
style-clay = 🧸 Clay
look-clay = A scene of modelling clay with fingerprints, rounded shapes and studio light
style-isometric = 🧊 Isometric
look-isometric = An isometric 3D scene in miniature, smooth materials, pastel colours
style-neon = 🌃 Neon
look-neon = A night scene lit by neon signs, wet reflections, magenta and teal light
style-papercut = ✂️ Paper cut
look-papercut = Layers of cut paper with soft shadows between them, simple shapes
style-retro = 📻 Retro
look-retro = A travel poster of the 1950s with flat shapes, few colours and a screen-print texture
style-sticker = 🏷 Sticker
look-sticker = A die-cut sticker with a thick white outline on a plain background, flat bright colours
style-logo = 🔷 Logo
look-logo = A simple logo as one clear sign, flat shapes, two colours, white background
style-poster = 📜 Poster
look-poster = A poster with one strong image, a calm background and room for a title
style-wallpaper = 📱 Wallpaper
look-wallpaper = A wallpaper for a phone, calm at the top and the bottom, the subject in the middle
style-postcard = 💌 Postcard
look-postcard = A postcard with a warm, friendly scene and a plain border
style-cover = 🎧 Cover
look-cover = A cover for a video or a song with one striking subject and strong contrast

## Models and prices

models-title = <b>Models and prices</b>
models-pictures = 🖼 <b>Pictures</b>
models-videos = 🎬 <b>Videos</b>
models-words = 💬 <b>Words and voice</b>
models-head = <b>{ $title }</b>: { $about }
models-prices = Credits for a picture: { $prices }
models-picture = Usually { $from }–{ $to } s · up to { $limit } { $limit ->
        [one] photo
       *[other] photos
    } of yours · { $count } formats, from { $tallest } to { $widest }
models-change = 📅 From { $date }: { $prices }
models-video-prices = Credits for { $seconds } s: { $prices }
models-video = { $lengths } s long · { $ratios } · { $works } · usually { $from }–{ $to } min
models-work-text = from words
models-work-image = from a picture
models-work-reference = with pictures as a reference
models-work-edit = changed by words
models-work-extend = continued
models-answers = { $limit } a day are free, then at most { $price } { $price ->
        [one] credit
       *[other] credits
    } an answer, with a web search at most { $searched }
models-transcripts = { $minutes } minutes a day are free, then as much costs at most { $price } { $price ->
        [one] credit
       *[other] credits
    }; recordings up to { $limit } minutes
models-speech = A minute of speech: about { $price } { $price ->
        [one] credit
       *[other] credits
    }
models-ends = ⏳ Stays at least until { $date }
models-ends-soon = ⚠️ May disappear after { $date }
models-way = Choose the model for pictures in /settings, begin a video with /video. What does not succeed costs nothing.
offer-fast = fast and cheap, even in the most elongated formats
offer-best = better details and lettering, but slower and dearer
offer-gpt = exact lettering and layouts
offer-dream = expressive art, large at a small price
offer-kling = lively motion, with sound
offer-seedance = scenes like in the cinema, with sound
offer-veo = the finest camera work, with sound, but dear
offer-veo-fast = film quality sooner and cheaper, with sound
offer-omni = a clip with sound
offer-answers = answers questions, reads files and links
offer-transcripts = voice messages and videos as text
offer-speech = reads answers aloud
day-short = { $day } { $month ->
        [1] Jan
        [2] Feb
        [3] Mar
        [4] Apr
        [5] May
        [6] Jun
        [7] Jul
        [8] Aug
        [9] Sep
        [10] Oct
        [11] Nov
       *[12] Dec
    }
day-in-words = { $day } { $month ->
        [1] January
        [2] February
        [3] March
        [4] April
        [5] May
        [6] June
        [7] July
        [8] August
        [9] September
        [10] October
        [11] November
       *[12] December
    } { $year }
command-models = Models and prices

## The price of an answer

price-none = 💬 I remember no answer of yours here. For the price of any answer, reply to it: /price. All prices: /models.
price-nothing = 💬 No answer came of this question, and it cost nothing.
price-not-yet = ⏳ This answer is not there yet; I can say the price when it is.
price-free = 💬 This answer was free.
price-left = Free answers left today: { $left } of { $limit }
button-price = 💳 Price
price-paid = 💬 This answer cost { $credits ->
        [one] { $credits } credit
       *[other] { $credits } credits
    }, rounded up.
price-tokens = Tokens: { $given } read, { $made } written · { $model }

## Search on the web

search-usage = Put what to look up after the command: <code>/search who won the match yesterday?</code> I answer with sources. To search for all questions: /role.
search-usual = { $range } { $credits ->
        [one] credit
       *[other] credits
    }
search-price = That is usually { $usual }, and is not among the free answers.
search-declined = Without a search it is cheaper: /ask; if it is on for all questions, switch 🔎 off in /role.
answer-sources = 🔎 Sources
price-searches = Queries to Google: { $count }
button-search-on = ✅ 🔎 Search the web · { $usual }
button-search-off = 🔎 Search the web · { $usual }

## Prompts of one's own

prompts = <b>Your prompts</b>
prompts-empty = <b>You have no prompts yet.</b>
prompts-hint = To keep one: <code>/prompts Letter: write a polite letter to { $open }whom{ $close } about { $open }what{ $close }</code>. I ask for the words in braces before I answer.
prompts-full = 📚 There are { $limit } prompts here already, and no more fit in. Delete one and send it again.
prompt-kept =
    ✅ Kept: <b>{ $title }</b>
    <blockquote>{ $text }</blockquote>
prompt-own =
    <b>{ $title }</b>
    <blockquote>{ $text }</blockquote>
prompt-foreign =
    <b>{ $title }</b> — somebody else's; it does not see what we said before
    <blockquote>{ $text }</blockquote>
prompt-shared =
    📨 Somebody shares a prompt with you: <b>{ $title }</b>
    <blockquote>{ $text }</blockquote>
    These are somebody else's words: read them; nothing happens until you press. The answer will be words alone, and the prompt does not see what we said before.
prompt-link =
    🔗 The link for those you want to share it with:
    <code>{ $address }</code>
prompt-gone = This prompt is no longer there, or no longer shared.
prompt-long = ✂️ A prompt may have up to { $limit } characters. Shorten it and send it again.
prompt-variables = ✂️ A prompt may have up to { $limit } words in braces.
prompt-fill = ✍️ “{ $title }”: reply to this message. { $count ->
        [one] I need { $names }.
       *[other] I need, each on a line of its own: { $names }.
    }
fill-placeholder = Values…
prompt-fill-over = This question is over. Choose the prompt once more to have it asked: /prompts
toast-unshared = The link no longer works.
button-prompt-use = ▶️ Ask
button-prompt-share = 🔗 Share
post-usage = 📣 I post your pictures and videos in your channel: reply to one of them with <code>/post @channel</code>, and with words for its caption if you like. Make me an administrator there first.
post-incognito = 🕶 This is incognito and is deleted soon, so I do not post it; nothing was posted. You can forward the message to your channel yourself.
post-long = ✂️ A caption has at most { $limit } characters.
post-refused = 📣 I cannot post in { $channel } for you. Make me an administrator of the channel, and check that you may post there yourself.
post-bot-refused = 📣 The channel does not let me post. Give me the right to post there, and try again.
post-later = ⏳ Telegram asks me to wait. Nothing was posted; try again in a minute.
post-unknown = 📣 I could not see whether the post arrived. Look into the channel before you try again.
post-done = 📣 Posted.
channel-declined = 📣 A post has no sender, so I cannot know who asks and pays here. Administrators: make the picture in our private chat and reply to it with /post @channel, or type my name with an @ here and pick one.
inline-open = Nothing made yet: open the chat
inline-draw = 🎨 Draw “{ $words }”
words-gone = These words are no longer here. Write once more what you would like to see.
button-share = 🔗 Share
share-page =
    🔗 With this link anybody can make their own version of this picture. They pay for theirs; yours stays as it is.
    <code>{ $address }</code>
    Who made it, and with which words, stays hidden unless you switch it on below. The link works for as long as I keep the picture: at most 90 days, or until you delete it. To put the picture into a channel of yours, reply to it with <code>/post @channel</code>.
share-page-video =
    🔗 With this link anybody can make their own version of this video. They pay for theirs; yours stays as it is.
    <code>{ $address }</code>
    Who made it, and with which words, stays hidden unless you switch it on below. The link works for as long as I keep the video: at most 90 days, or until you delete it. To put the video into a channel of yours, reply to it with <code>/post @channel</code>.
share-invitation = Look what came out, and make your own version:
share-closed = 🚫 The link is closed and opens nothing any more. Versions that are already made stay with those who made them.
button-share-send = 📤 Send the link
button-share-words = 📝 Show my words: { $shown ->
        [yes] yes
       *[other] no
    }
button-share-name = 👤 Show my name: { $shown ->
        [yes] yes
       *[other] no
    }
button-share-close = 🚫 Close the link
button-share-open = 🔗 A new link
sent-caption = 🍌 Made with @{ $bot }
button-own-version = 🎨 Make your own
app-send = 📨 Send to a chat
app-send-ready = It is ready. Choose to whom it goes. Your words and your name do not go with it.
app-send-choose = Choose a chat
app-send-waits = Preparing the message…
app-send-failed = The message could not be prepared. Nothing was sent or charged. Go back and try again, or send the link.
app-send-back = Back to the result
shared = 🎨 Somebody shares this picture with you.
shared-by = 🎨 <b>{ $name }</b> shares this picture with you.
shared-video = 🎬 Somebody shares this video with you.
shared-video-by = 🎬 <b>{ $name }</b> shares this video with you.
shared-video-what =
    Write in reply what should be different in it. First you see the choices and the price, from { $price } { $price ->
        [one] credit
       *[other] credits
    } (you have { $credits }); this video stays as it is.
shared-video-seen = Videos of this length I cannot change. Describe one of your own: /video.
shared-words = It was made from: <blockquote>{ $words }</blockquote>
shared-what =
    Write what to change in it, or choose a tool. You get a version of your own for { $price } { $price ->
        [one] credit
       *[other] credits
    } (you have { $credits }); this picture stays as it is.
shared-short = A version of your own costs { $price } { $price ->
        [one] credit
       *[other] credits
    }, you have { $credits }. { $way }
shared-gone = 🔗 This link opens nothing any more: its owner closed it or deleted what it showed. Write what you would like to see, and I draw you a picture of your own.
failed-shared-gone = 🧩 What was shared is no longer there: its owner closed the link or deleted it. { $returned } Describe a picture of your own, or send a photo.
button-prompt-unshare = 🚫 Close the link
button-prompt-keep = 💾 Keep a copy
## Conversations and memory

history-title =
    <b>Conversations here</b>
    Press one to go on with it, rename it, save it as a file, or delete it.
history-empty = No conversations are kept here. One begins with the first question that you ask.
history-untitled = Untitled
history-one =
    <b>{ $title }</b>
    { $started } – { $ended } · { $count ->
        [one] { $count } message
       *[other] { $count } messages
    }
history-summary = In short: <i>{ $summary }</i>
history-until = Kept until { $date }; each new answer extends it.
history-until-deleted = Kept until you delete it.
history-delete-sure = 🗑 Delete “{ $title }” with { $count ->
        [one] its { $count } message
       *[other] all its { $count } messages
    }? This cannot be undone. What stands in this chat stays; you can delete that in Telegram.
history-file = 📄 { $title }
history-name-ask = ✏️ What shall the conversation be called? Send the name in reply to this message.
history-name-placeholder = The new name
history-name-over = This question is over. To give a conversation another name, choose it once more: /history
history-rename-usage = Put the new name after the command: <code>/rename A trip to Rome</code>. It names the conversation that is open here; /history shows them all.
history-rename-nothing = There is no conversation here that could have this name. /history shows those that are kept.
history-renamed = ✏️ It is called “{ $title }” now.
kept-title =
    <b>How long shall I keep what we say?</b>
    A conversation stays that long after its last answer. A shorter choice holds for the earlier ones too; a longer one from the next answer on.
kept-1 = 1 day
kept-7 = 7 days
kept-30 = 30 days
kept-365 = 1 year
kept-0 = Until I delete it
button-history-newest = ⏮ Newest
button-history-older = Older ▶️
button-history-kept = 🗓 Kept for: { $kept }
button-history-go = ▶️ Go on with it
button-history-name = ✏️ Rename
button-history-file = 📄 Save
button-history-file-more = 📄 The next part
button-history-delete = 🗑 Delete
button-history-delete-surely = 🗑 Delete all of it
button-history-keep = ↩️ Keep it
button-history-back = ⬅️ Back
toast-history-goes-on = It goes on here: ask your next question.
toast-history-gone = This conversation is no longer kept.
toast-history-deleted = Deleted.
toast-history-file = I am writing the file…
export-person = You
export-model = NanoBanana
export-summary = In short:
memory-title = <b>What I know about you</b>
memory-nothing =
    <b>What I know about you</b>
    Nothing. Write “remember that I live in Rome”, or <code>/remember I live in Rome</code>.
memory-line = { $number }. { $fact }
memory-on =
    Only what you ask me to remember stands here. I use it in answers in our private chat, and nowhere else. It stays until you erase it.
memory-off =
    The memory is switched off: I add nothing, and no answer uses it.
memory-usage = Write here, in our private chat, what I shall remember: <code>/remember I live in Rome</code>. /memory shows all of it.
memory-kept = 🧠 I will remember that. /memory shows what I know, and erases it.
memory-long = That is too long to remember: { $limit } characters at most. Say it more briefly.
memory-full = I remember { $limit } things already, and that is all I can. Erase one first: /memory.
memory-is-off = The memory is switched off, so I did not keep that. /memory switches it on.
button-memory-erase = 🗑 { $number }
button-memory-erase-all = 🗑 Erase everything
button-memory-on = 🧠 Switch the memory on
button-memory-off = 💤 Switch the memory off
button-memory-kept = 🗓 How long talks are kept
toast-memory-erased = Forgotten.

## The gallery

gallery-opening = 🖼 Your gallery
gallery-empty =
    🖼 All you make will be here: pictures and videos, the newest first. It is empty so far.
    Describe a picture, for example: a red fox in the snow.
gallery-title = { $name }
gallery-about = <b>{ $what }</b> · { $price } { $price ->
        [one] credit
       *[other] credits
    } · { $date }
gallery-words = <blockquote>{ $words }</blockquote>
gallery-too-large = This file is too large for Telegram: here is a frame of it, 📄 sends a link.
gallery-no-preview = There is no preview any more: Telegram does not remember this picture. The 📄 file may still be there; or go on.
gallery-name-ask = 🗂 What shall the collection be called? Send the name as a reply to this message.
gallery-name-placeholder = For the website
gallery-name-over = This question is over. Open /gallery and choose 🗂 Collections under a picture once more.
gallery-named = 🗂 The collection “{ $name }” is there, and holds what you made it for.
gallery-full = There can be { $limit } collections, and you have that many. Remove one first: /gallery, ☰.
button-gallery-open = 🖼 Open
button-gallery-newer = ◀️
button-gallery-older = ▶️
button-gallery-star = ☆
button-gallery-starred = ⭐
button-gallery-send = ⤵️ Go on with it
button-gallery-shelves = 🗂 Collections
button-gallery-name = ➕ New collection
button-gallery-menu = ☰ What to show
button-gallery-all = 🖼 Everything
button-gallery-pictures = 🎨 Pictures
button-gallery-videos = 🎬 Videos
button-gallery-stars = ⭐ Favourites
button-gallery-shelf = 🗂 { $name }
button-gallery-gone = 🗂 A removed collection
button-gallery-drop = ✖️ Remove it
button-gallery-drop-surely = ✖️ Yes, remove it
toast-gallery-newest = There is nothing newer.
toast-gallery-oldest = This is the oldest one: what was before is no longer kept.
toast-gallery-old = This button is too old. Open it again: /gallery
toast-gallery-private = The gallery opens in the private chat with the bot, to each their own: /gallery
toast-gallery-nothing = There is nothing here yet.
toast-gallery-no-videos = There are no videos yet. Make one: /video, or 🎬 under a picture.
toast-gallery-no-stars = There are no favourites yet: press ☆ under a picture.
toast-gallery-empty-shelf = The collection is empty: add to it with 🗂 under a picture.
toast-gallery-gone = This has been deleted.
toast-gallery-starred = ⭐ A favourite now. Like all results it is kept until { $date }; 📄 keeps it with you for good.
toast-gallery-unstarred = No favourite any more
toast-gallery-sent = Done, see below.
toast-gallery-sent-already = It was sent already, see below.
toast-gallery-no-file = The file is gone, so there is nothing to send. You can repeat it with the words of its caption.
toast-gallery-put = Added
toast-gallery-taken = Taken out
toast-gallery-no-shelf = This collection is gone.
toast-gallery-full = There can be { $limit } collections. Remove one first, behind ☰.
toast-gallery-drop = Remove the collection? The pictures and videos stay.
toast-gallery-dropped = The collection is removed, everything else is where it was.
gallery-album = All of one request: { $words }
gallery-zip-packing = 📦 I am packing a ZIP: { $name }, up to { $limit } files. I will send it here; it is free.
gallery-zip-sending = 📦 The ZIP is packed: { $name }. I am sending it…
gallery-zip-done = 📦 { $name }: { $count ->
        [one] { $count } file
       *[other] { $count } files
    }
gallery-zip-missing = { $count ->
        [one] { $count } file is no longer kept, so it is not in here.
       *[other] { $count } files are no longer kept, so they are not in here.
    }
gallery-zip-more = Not everything fits into one file: the rest comes in the next part.
gallery-zip-linked = The file is too large for Telegram. This link downloads it, for { $hours } hours.
gallery-zip-ready = 📦 Your ZIP is ready.
gallery-zip-canceled = ✕ The ZIP is canceled.
gallery-zip-nothing = 📦 { $name }: there is nothing to pack, these files are gone. The gallery: /gallery
gallery-zip-failed = 📦 The ZIP did not work out; it is our fault. Try again, or take the files one by one: /gallery, 📄
button-gallery-album = 📦 ZIP of these { $count }
button-gallery-zip = 📦 Download as ZIP
button-gallery-zip-next = 📦 The next part
toast-gallery-zip = 📦 Packing; it will come here.
toast-gallery-zip-limit = You have had { $limit } ZIPs today. Tomorrow there are more; one file at a time comes with 📄.

## Several different pictures at once

batch-usage =
    🗂 Write up to 10 pictures after the command, one on each line, or send them as a .txt file with <code>/batch</code> under it:
    <code>/batch
    a fox in the snow
    a lighthouse at night 16:9
    a bowl of soup, watercolour</code>
    First you see the price of all; nothing is spent before you press.
batch-placeholder = One picture on each line…
batch-private = 🗂 Several different pictures at once: only in our private chat, so that they do not flood this one. Send /batch there.
batch-photo = 🗂 With <code>/batch</code> I draw from words alone. To change a photo, send it with what to change as its caption, one wish at a time.
batch-empty = 🗂 I found no words for a picture there. Write one on each line after <code>/batch</code>, or send a .txt file with them.
batch-file = 🗂 I cannot read this file. Send a plain text file (.txt) of up to 1 MB, with one picture on each line, or write the lines after <code>/batch</code>.
batch-quote = 🗂 { $count ->
        [one] <b>One picture</b>
       *[other] <b>{ $count } pictures</b>, one for each of these
    }
batch-line = { $number }. { $words }
batch-most = ℹ️ At most { $limit } at once: I take the first { $limit }, send the others afterwards.
batch-repeated = ℹ️ { $count ->
        [one] One line was there twice
       *[other] { $count } lines were there more than once
    }; each is drawn once. For more of one add <code>x2</code>.
batch-too-long = ℹ️ { $count ->
        [one] One text is
       *[other] { $count } texts are
    } too long for a picture and left out.
batch-missed = ℹ️ { $missed }.
short-of-credits = Press the button all the same: then I show what is missing, and once you have bought it, this goes on by itself.
batch-short = 💳 All of it costs { $price }, you have { $credits }. { $way }
batch-told = This has changed since I asked. Look at it once more, and press again to have it drawn.
batch-press = 🗂 Press one of the buttons above: they say what would be drawn and what it costs.
batch-dropped = ✖️ Nothing was drawn, and nothing was charged.
batch-drawing = 🗂 Drawing { $count ->
        [one] one picture
       *[other] { $count } pictures
    } · ready: { $ready }
batch-done = 🗂 Ready: { $ready } of { $count }
batch-showing = ✨ Ready, here it comes…
batch-ready = ✨ Your pictures are ready.
batch-file-waits = The file of this picture comes in this place. Should it not come, press the number of the picture under the list, and then File.
batch-album = The pictures are in the album. To change one, reply to it with words. A number brings it with all its buttons.
batch-paid = Paid: { $price } { $price ->
        [one] credit
       *[other] credits
    }
batch-returned = ↩️ Back to you: { $price } { $price ->
        [one] credit
       *[other] credits
    }
button-batch = 🎨 { $count ->
        [one] Draw it
       *[other] Draw all { $count }
    } · { $price } { $price ->
        [one] credit
       *[other] credits
    }
button-batch-first = 🎨 { $count ->
        [one] Draw only the first
       *[other] Draw the first { $count }
    } · { $price } { $price ->
        [one] credit
       *[other] credits
    }
button-batch-alone = 🖼 All in one picture · { $price }
button-batch-stop = ✕ Cancel the rest
toast-album = Sending the album…
toast-album-sent = The album is here already.
button-batch-album = 🖼 As an album

## The Mini App

app-name = NanoBanana
app-skip = To the content
app-offline = No connection. Nothing that you wrote is lost.
app-opening = Opening…
app-outside = Open this app from the chat with the bot: its menu button is beside the message field. If it was open for long, close it and open it again.
app-ended = The app was open for more than a day, or you signed out, so nothing more happens here. Close it and open it again; nothing is lost, and nothing was charged.
app-broken = This did not work. Nothing was charged.
app-again = Try again
app-back = Back
app-sections = Sections
app-tab-create = Create
app-tab-gallery = Gallery
app-tab-talks = Talks
app-tab-balance = Credits
app-tab-settings = Settings
app-credits = { $credits } { $credits ->
        [one] credit
       *[other] credits
    }
app-gone-title = Not here
app-gone = This is not here any more. Nothing was charged.
app-said-saved = Saved.
app-said-deleted = Deleted here and in the chat. In the chat you can bring a picture back for a minute.
app-said-paid = Thank you! The credits arrive in a moment.
app-said-unpaid = Nothing was paid, and nothing was charged.
app-said-shared = The link is open: whoever has it can see this and make their own.
app-said-unshared = The link is closed.
app-said-sent = Sent. Your words and your name did not go with it.
app-said-unsent = Nothing was sent.
app-said-sendfailed = Telegram did not send it. Nothing was charged. Try again, or send the link.
app-said-gone = It is not here any more.

app-kind = What to make
app-kind-picture = 🎨 Picture
app-kind-video = 🎬 Video
app-words = What do you want to see?
app-words-video = What happens in the video?
app-words-placeholder = A red fox in the snow, watercolour
app-sources = Start from pictures
app-sources-hint = Say above what to change, or what to take from them.
app-upload = Add photos
app-uploaded = Added photo
app-remove = Remove
app-upload-large = This file is too large: up to 20 MB, please. Nothing was charged.
app-upload-unreadable = I cannot open this as a picture. Nothing was charged. Add a JPEG, PNG, WebP or HEIC.
app-from-gallery = Or from your gallery
app-model = Model
app-ratio = Format
app-size = Size
app-count = How many
app-work = What to do
app-seconds = Length
app-resolution = Resolution
app-sound = Sound
app-sound-on = 🔊 With sound
app-sound-off = 🔇 Silent
app-original = Send the original file too
app-costs = { $price } { $price ->
        [one] credit
       *[other] credits
    }
app-you-have = You have { $credits }. What does not succeed costs nothing.
app-missing = { $credits } { $credits ->
        [one] credit is
       *[other] credits are
    } missing.
app-buy = Buy credits
app-create-for = Create · { $price } { $price ->
        [one] credit
       *[other] credits
    }
app-price-changed = The price is { $price } { $price ->
        [one] credit
       *[other] credits
    } now. Nothing was charged. Look at it, and press once more if you agree.
app-made = Your request
app-made-hint = It also comes to our chat, and to the gallery. You can close the app.
app-create-more = Create more

app-show = What to show
app-picture-of = Picture: { $words }
app-video-of = Video: { $words }
app-picture = Picture
app-video = Video
app-gallery-empty = All you make will be here: pictures and videos, the newest first. It is empty so far.
app-gallery-end = There is nothing older.
app-create-first = Create something
app-newest = ⏮ Newest
app-older = Older ▶️
app-no-file = The file is not here any more.
app-star = ☆ Favourite
app-unstar = ⭐ Not a favourite
app-download = ⬇️ Download
app-change = ✏️ Change
app-delete-title = Delete?
app-delete-sure = It disappears here and in the chat. In the chat you can bring a picture back for a minute; a video is gone for good.

app-talks-empty = No conversations are kept. One begins with the first question that you ask in the chat.
app-turns = Turns
app-you = You
app-bot = Bot
app-earlier = ◀️ Earlier
app-later = Later ▶️
app-turns-gone = Nothing of it is kept any more.
app-talk-hint = To go on with it, to save or to delete it, send /history in the chat.

app-buy-hint = You pay with Telegram Stars, and the credits are here at once. They do not expire.
app-plan = { $credits } { $credits ->
        [one] credit
       *[other] credits
    } every { $days } days
app-suggested = enough for it
app-order-waits = Preparing the payment…
app-order-ready = { $credits } { $credits ->
        [one] credit
       *[other] credits
    }: confirm the payment in Telegram’s window.
app-pay = Pay { $stars } ⭐
app-to-balance = To your credits

app-promo = Promo code
app-promo-use = Use
app-promo-how = The code { $code } is used in our chat: I answer there at once.
app-promo-go = Use it in the chat

app-yes = Yes
app-no = No
app-above = > { $price }
app-usual = As usual
app-receipt = Receipt
app-up-to = ≤ { $price }
app-save = Save
app-own-role = Your own role, in your words
app-section-language = Language
app-section-pictures = Pictures and videos
app-section-spending = Asking before spending
app-section-answers = Answers
app-section-voice = Voice
app-section-memory = Memory
app-setting-language = Language of the bot
app-setting-model = Model
app-setting-ratio = Format
app-setting-size = Size
app-setting-count = How many
app-setting-original = Send the original file too
app-setting-confirm_above = Everything that costs more than
app-setting-review_above = A video without asking, in credits
app-setting-mode = What plain words do
app-setting-ask_above = In Auto: draw without asking, in credits
app-setting-role = Role
app-setting-detail = Length of answers
app-setting-tongue = Language of answers
app-setting-search = Search the web for answers ({ $usual })
app-setting-zone = Time zone
app-setting-from = Translate from
app-setting-to = Translate to
app-setting-speech_mode = Speak the answers (credits a minute: about { $minute })
app-setting-speech_voice = Voice
app-setting-speech_pace = Pace
app-setting-speech_hearing = Your voice messages
app-setting-memory = Remember what you ask for
app-setting-kept_days = Keep conversations
app-setting-results_days = Keep requests, pictures and videos (fewer days delete older ones at once)
app-privacy = Privacy
app-erase-hint = To take all your data along or to have everything about you erased, send /privacy in our chat.
app-erase-in-a-day = I erase everything about you, a day later; until then you may change your mind, here or in our chat.
app-erase-title = Erase everything
app-erase-go = 🗑 Erase everything…
app-export = Take your data along
app-export-hint = Everything that is yours as ZIP files, once a day, free of charge. The links come to our chat.
app-said-export = 📦 I am packing your data. The links come to our chat; you can close this page.
app-said-kept = Your data stays: nothing was erased, and your credits are as they were.
app-said-late = It is too late: your data is being erased right now.
app-section-news = News
app-setting-news = News from us, now and then
app-support = 💬 Write to support
app-rules = 📄 Terms, refunds, privacy
app-rules-languages = Languages
app-facts = What you asked me to remember
app-facts-none = Nothing.
app-erase-fact = Erase: { $fact }
app-to-gallery = Delete results in the gallery
app-by-card = Pay by card
app-card-hint = You pay on the payment service's page, which opens outside the app. I never see your card.
app-card-package = How many credits
app-card-email = E-mail for the receipt
app-card-email-hint = The payment service sends the receipt there. I keep the e-mail with the order for 400 days.
app-card-keep = Remember this e-mail for next time
app-card-go = To the payment
app-email-wrong = That is not an e-mail address. Write one like name@example.com. Nothing was charged.
app-card-open = { $credits } { $credits ->
        [one] credit
       *[other] credits
    } for { $money }. The receipt goes to { $email }. After paying, come back here: this page notices it by itself.
app-card-failed = The payment of { $money } did not go through, so { $credits } { $credits ->
        [one] credit was
       *[other] credits were
    } not bought. You can try again, with another card too.
app-card-paid = Thank you! { $credits } { $credits ->
        [one] credit is
       *[other] credits are
    } here.
app-card-refused = The payment service does not take this with { $email }. Nothing was charged. Try another e-mail, or pay with Stars.
app-card-missed = The payment service cannot be reached right now, or the price has changed. Nothing was charged. Try again, or pay with Stars.
app-card-closed = This payment of { $money } was not finished: nothing was charged, and { $credits } { $credits ->
        [one] credit was
       *[other] credits were
    } not bought. You can start again.
app-card-returned = { $money } went back to you, so { $credits } { $credits ->
        [one] credit was
       *[other] credits were
    } taken back.
app-subscription = Your subscription
app-subscription-none = You have no subscription. “Buy credits” has them below the packages.
app-said-removed = The collection is removed; what was in it is still in the gallery.
app-said-csv = The file comes to our chat in a moment.
app-said-again = You got the file within the last minute: it is in our chat.
app-shelves = 🗂 Collections
app-shelf-new = New collection
app-shelf-make = Make
app-shelf-empty = The collection is empty. Open a result and choose the collection there.
app-shelf-remove-sure = Remove the collection? What is in it stays in the gallery.
app-shelves-full = There can be { $limit } collections, and you have that many. Remove one first: open it in the gallery.
app-sessions = Where you are signed in
app-sessions-hint = The app stays open for a day at most. If somebody else may have it open as you, end it everywhere.
app-sign-out = Sign out everywhere
app-signed-out = Signed out
app-signed-out-how = You are signed out everywhere. To come back, close the app and open it again from our chat. Nothing is lost.
app-admin = Google's dashboards
app-buy-first-hint = It begins by itself as soon as you have paid, also when the app is closed.
app-buy-first = Buy { $credits } · { $stars } ⭐ and create
app-buy-more = More credits
app-then-hint = What you ordered is kept for an hour: it begins by itself as soon as you have paid for enough credits.
app-made-paid = Thank you! It begins as soon as the payment is booked. If that takes more than a minute, look into our chat.

## Privacy

privacy-ways =
    📦 brings your data as ZIP files, once a day, free of charge. The terms: /terms.
button-export = 📦 Take my data along
button-export-part = ⬇️ Part { $number } · { $size } MB
export-packing = 📦 I am packing your data{ $count ->
        [0] . I will send links here; it is free.
        [one] : { $count } file so far. I will send links here; it is free.
       *[other] : { $count } files so far. I will send links here; it is free.
    }
export-sending = 📦 Your data is packed. I am sending the links…
export-done = 📦 Your data: your documents in the first part{ $count ->
        [0] . There are no pictures, videos or voice messages.
        [one] , { $count } picture, video or voice message behind it.
       *[other] , { $count } pictures, videos and voice messages behind them.
    } The links work for { $hours } hours. Whoever has a link can download, so pass on none.
export-more = 📦 More parts:
export-ready = 📦 Your data is ready: the links are above.
export-canceled = ✕ The export is canceled. Nothing of yours has changed; you may ask again.
export-failed = 📦 The export did not work out; it is our fault. It cost nothing and does not count: try again.
toast-export = 📦 Packing; the links will come here.
toast-export-limit = You have asked for your data today already: once a day is possible. Tomorrow you can ask again.
privacy-term = 🗓 You chose { $days } days for requests, pictures, videos and sounds.
button-term = 🗓 How long results are kept
term-title =
    <b>How long shall I keep what I make for you?</b>
    So many days after you asked, the request, its picture, video or sound are deleted, and links to them stop working. A shorter choice holds for what is here already too; a longer one from the next request on. With 7 or 30 days, pictures that you upload in the app stay for one day. Messages in our chat stay until you delete them in Telegram. All that I keep: /privacy.
term-7 = 7 days
term-30 = 30 days
term-90 = 90 days
incognito-on = 🕶 <b>Incognito is on for { $minutes } more { $minutes ->
        [one] minute
       *[other] minutes
    }</b>, until { $time } UTC. Cards of what is asked now end with 🕶.
incognito-off = 🕶 <b>Incognito is off.</b> The button switches it on for an hour.
incognito-about =
    What you ask for incognito
    • is not in /gallery, /history, ratings or your data to take along. Each answer stands alone: reply to one to go on from it;
    • is deleted here with its words and files: after 15 minutes, a video after 30, what I first asked you about (such as a price) or could not handle, after two days, pictures that you upload in the app after one. Buttons work until then;
    • costs as ever: /balance keeps the amounts, without your words.
    It does not change what models get, messages in this chat (you can delete them in Telegram), copies for emergencies (up to 14 weeks), and what you tell me to /remember or write to /support.
incognito-mark = 🕶 Incognito
toast-incognito-link = This is incognito and is deleted soon, so it gets no link. You can forward the message itself.
button-incognito-on = 🕶 On for an hour
button-incognito-off = Switch it off
command-incognito = An hour whose requests are soon deleted
app-setting-incognito = Incognito for an hour: requests are soon deleted
privacy-erase = 🗑 erases everything about you, a day later; until then you may change your mind.
button-erase-me = 🗑 Erase everything
button-keep-me = ↩️ Keep my data
button-erase-sure = 🗑 Yes, erase it in a day
erase-question =
    <b>🗑 Erase everything about you?</b>
    • In a day I erase your profile and settings, conversations, what you asked me to remember, requests, pictures, videos, voice messages, uploads, prompts, links and e-mails. What is being made then is canceled, gifts that nobody has opened come back to you first.
    • Movements of credits and payments stay, without you: books have to add up, but nobody can tell whose they were.
    • Copies for emergencies still have everything, for up to 14 weeks longer.
    • Messages in our chat and elsewhere stay: you can delete them in Telegram. What you wrote to /support stays with those who read it. What others made from your links is theirs.
erase-loses-credits = ⚠️ You lose { $credits } { $credits ->
        [one] credit
       *[other] credits
    }. For money back for what you bought and did not use, first: /paysupport.
erase-loses-subscription = ⚠️ Your subscription is stopped, and nothing more is taken for it. Credits of the paid period are lost too.
erase-sure =
    📦 Before that you can take your data along: /privacy. Afterwards no payment can be returned; please pay no invoice that is still open.
    You may come back at any time, as somebody new, but without the welcome credits: only that you were here is remembered, as a keyed hash.
    If you press nothing, everything stays as it is.
erase-waits = 🗑 On { $time } UTC I erase everything about you. Until then everything works as ever, and you may change your mind.
erase-kept = ✅ Your data stays: nothing was erased, and your credits are as they were. If you think of it again: /privacy.
erase-begun = 🗑 I am erasing everything about you now. That takes some ten minutes. What you write meanwhile I answer afterwards.
erase-done = ✅ Everything about you is erased, your credits with it. Messages in this chat you can delete in Telegram. Thank you for having been here! If you ever come back: /start.
toast-nothing-to-keep = Nothing of yours is waiting to be erased. /privacy shows what can be done.
toast-keep-late = It is too late: your data is being erased right now.
payment-of-erased = ↩️ Everything about you was erased before this payment came, so I gave its { $stars } ⭐ back; you got no credits for it. To begin anew: /start, then /buy.
payment-of-erased-later = ⏳ Everything about you was erased before this payment came. You got no credits for it, and Telegram does not let me give its { $stars } ⭐ back yet. I try again every night, and those who run this bot see it. Questions: /paysupport.
payment-of-erased-returned = ↩️ Your { $stars } ⭐ are back with you. No credits of yours were touched. What can be bought: /buy.
export-readme =
    What the bot keeps about you, as it is stored.

    profile.json: your account, settings, collections and what you asked to be remembered
    requests.json: what you asked for, and what came of it
    conversations.json: your conversations with all their messages
    prompts.json: the prompts that you stored
    credits.json: every movement of your credits
    receipts.json: your payments
    orders.json: what you ordered by card, with the e-mail for the receipt
    ratings.json: your 👍 and 👎
    links.json: results that you opened for others
    webhooks.json: what the webhooks of your programs were sent

    Times are in UTC. The other ZIP files hold your pictures, videos and voice messages.
    Not in here: what you deleted, what has expired, photos and files that you sent (Telegram has them), and questions
    and orders on their way, which end by themselves.

## Own numbers

stats-title = <b>📊 Your numbers since { $day }</b>
stats-nothing = Nothing was paid with credits in this time. What is free is not counted.
stats-picture = 🖼 { $count } { $count ->
        [one] picture
       *[other] pictures
    }
stats-video = 🎬 { $count } { $count ->
        [one] video
       *[other] videos
    }
stats-answer = 💬 { $count } paid { $count ->
        [one] answer
       *[other] answers
    }
stats-transcript = 🎙 { $count } paid { $count ->
        [one] recording
       *[other] recordings
    }
stats-speech = 🔊 { $count } spoken { $count ->
        [one] answer
       *[other] answers
    }
stats-spent = Spent: { $credits } { $credits ->
        [one] credit
       *[other] credits
    }
stats-returned = Came back, because nothing was made: { $credits } { $credits ->
        [one] credit
       *[other] credits
    }
stats-usual-picture = A picture usually takes you { $seconds } s
stats-usual-video = A video usually takes you { $seconds } s
stats-ways = Every entry: /balance. What was made: /gallery.
stats-try = <b>💡 What to try next</b>
try-picture = 🖼 A picture: describe it, for example “a red fox in the snow”.
try-edit = 🪄 Change a picture: reply to it with what should be different, or send me a photo with a caption.
try-styles = 🎨 Give a picture another look: /styles.
try-video = 🎬 Let a picture move: the button 🎬 under it, or /video. The price comes first.
try-answer = 💬 Ask me something: just write your question. Some answers are free every day.
try-transcript = 🎙 Say it: a voice message does what typed words do.
try-speech = 🔊 Hear an answer: the button 🔊 under it, or /voice.
release-bot-title = <b>Releases</b>
release-bot-live = ▶️ In production: <b>{ $releases }</b>
release-bot-live-none = ▶️ In production: nothing that was released this way yet
release-bot-candidate = 🧪 On staging: { $releases }
release-bot-moving = 🚚 Being deployed or rolled back: { $releases }
release-bot-hold = ⛔ Nothing new is released: { $reason }
release-bot-frozen = ❄️ No deployment begins before { $until } UTC: { $reason }
release-bot-line = { $sign } <b>{ $release }</b> · { $status }
release-bot-none = There is no release yet. The first one appears here when a workflow begins it.
release-bot-roles = You take part as: { $roles }.
release-bot-stranger = 🔒 This bot shows our releases to the team, and you are not a member of it. Nothing was changed. If you should be one, give an admin of the team your Telegram id: <code>{ $id }</code>
release-bot-code-old = 🔒 You are not a member, and this invitation does not count (any more): it works once, for 24 hours. Nothing was changed. Ask whoever sent it for a new one. Your Telegram id: <code>{ $id }</code>
release-bot-broken = Something broke on our side. Whether your step was made is on the release's card: write me any word and open it from the menu. If this happens again, an admin of the team finds why in the logs. The workflow “rollback” in GitHub works without me.
release-bot-unreadable = Something about the releases cannot be read at the moment. Nothing was changed, and what is deployed goes on. Try again in an hour, or ask an admin of the team to look into the logs.
release-role-viewer = viewer
release-role-developer = developer
release-role-qa = QA
release-role-release-manager = release manager
release-role-operator = operator
release-role-admin = admin
release-status-initiated = begun
release-status-building = being built
release-status-staging-failed = failed on staging
release-status-manual-testing = being tested
release-status-manual-test-passed = approved
release-status-manual-test-failed = rejected
release-status-deploying = being deployed
release-status-deployed = deployed
release-status-production-failed = failed in production
release-status-rollback = being rolled back
release-status-rollback-failed = rollback failed
release-status-cancelled = cancelled
release-bot-counts = Of the newest { $most }: { $active } active · { $deployed } deployed · { $failed } failed or given up
release-bot-no-member = 🔒 This bot is for the team, and you are not a member of it (any more). Nothing was changed. An admin of the team can invite you.
release-bot-not-here = 🔒 These buttons work only in your own chat with the bot. Nothing was changed. Write to it there.
release-button-not-yours = This button is old, or was made for somebody else. Nothing was changed. Write anything to see today's state.
release-button-approve = ✅ Approve…
release-button-approve-yes = ✅ Yes, I approve it
release-button-reject = 🚫 Reject…
release-button-take-back = ↩️ Take the approval back
release-button-cancel = ✖️ Cancel the release…
release-button-start = 🚚 Start it again…
release-button-start-yes = 🚚 Yes, start the deployment
release-button-pause = ⏸ Pause
release-button-go-on = ▶️ Go on
release-button-abort = 🛑 Abort…
release-button-abort-yes = 🛑 Yes, bring the traffic back
release-button-leave = ‹ No, let it run
release-button-roll-back = ⏪ Roll back…
release-button-look = 🔄 Refresh
release-button-history = 📜 History
release-button-file = 📄 All of it as a file
release-button-menu = 📋 Menu
release-button-back = ‹ Back
release-button-open = 🔎 Open the card
release-button-open-live = 🔎 { $service }
release-button-run = ⚙️ Run
release-button-diff = 🔀 Changes
release-button-log = 🧾 Log
release-button-staging = 🧪 Staging bot
release-button-words = ✏️ In my own words
release-button-active = 🔨 Active
release-button-deployed = 🟢 Deployed
release-button-failed = 🔴 Failed
release-button-search = 🔍 Search
release-button-runs = 🌍 What runs where
release-button-waiting = 🙋 Waiting for me
release-button-numbers = 📊 Numbers
release-button-settings = ⚙️ Settings
release-button-filter = 🗂 Filter
release-button-first = « Newest
release-button-older = Older »
release-button-older-than = > { $days } d
release-button-clear = ✖️ Show all
release-button-hold = ⛔ Hold releases…
release-button-lift = ▶️ Lift the hold…
release-button-lift-yes = ▶️ Yes, let releases go on
release-button-freeze = ❄️ Freeze…
release-button-thaw = ☀️ End the freeze
release-button-hours = { $hours } h
release-lasted-days = { $days } d { $hours } h
release-lasted-hours = { $hours } h { $minutes } min
release-lasted-minutes = { $minutes } min { $seconds } s
release-lasted-seconds = { $seconds } s
release-card-title = { $sign } <b>{ $release }</b> · { $status }
release-card-hotfix = 🚑 This is a hotfix: its rollout is quicker.
release-card-superseded = A newer release has replaced it: { $release }
release-card-back-to = ⏪ The way back leads to <b>{ $tag }</b>
release-card-abort-asked = 🛑 Somebody asked to abort: the traffic is on its way back.
release-card-paused = ⏸ Paused { $at }. No further stage begins until somebody presses “Go on”; after an hour the rollout ends where it is, and a person continues or aborts it.
release-card-phase = Step: { $phase }
release-card-initiator = 👤 Begun by { $login }
release-card-authors = ✍️ Changes of { $logins }
release-card-ref = 🌿 From <code>{ $ref }</code>
release-card-hashes = Commit <code>{ $commit }</code>, tree <code>{ $tree }</code>
release-card-digest = Image <code>{ $digest }</code>
release-card-runs = Runs at GitHub: { $runs }; change no. { $rev }
release-card-begun = 🏁 Begun { $at }
release-card-started = 🔨 Build started { $at }
release-card-since = 🕐 Since { $at } ({ $lasted })
release-card-deadline = ⏳ Until { $at } at the latest
release-card-completed = ✔️ Ended { $at }, { $lasted } after it was begun
release-card-closed = 🔒 This card is closed: you are not a member of the team any more. An admin of the team can invite you again.
release-votes = <b>Approvals: { $filled } of { $seats }</b>
release-vote = ✅ { $name } · { $roles }
release-vote-void = ⚪️ { $name } · does not count (any more)
release-votes-missing = ⏳ Still needed: { $roles }
release-pulls = <b>🔀 { $number ->
        [one] One pull request
       *[other] { $number } pull requests
    } that production does not have</b>
release-pull = #{ $number } { $title }
release-pulls-more = … and { $number } more
release-risks = ⚠️ Look twice: { $risks }
release-risk-schema = stored documents
release-risk-infrastructure = infrastructure
release-risk-dependencies = dependencies
release-risk-size = more files than GitHub lists
release-rollout-stage = <b>Stage: { $stage }</b>
release-rollout-percent = { $bar } { $percent } % of people
release-rollout-candidate = 🆕 { $tag }: { $figures }
release-rollout-stable = 🟢 { $tag }: { $figures }
release-rollout-verdict = ⚖️ Verdict: { $verdict }
release-approve-what =
    You are about to approve <b>{ $release }</b> for production.
    Production serves { $live } now.
release-approve-last = ⚠️ You are the last: with your approval the deployment starts by itself.
release-approve-not-last = Others have to approve it too before anything is deployed.
release-reject-why = Why do you reject <b>{ $release }</b>? It will not be deployed. The team sees your reason.
release-cancel-why = Why do you cancel <b>{ $release }</b>? It will not be deployed, and nothing in production changes.
release-reason-fault = It has a fault
release-reason-slow = It is too slow
release-reason-texts = Its texts are wrong
release-reason-unfinished = It is not finished
release-reason-not-needed = It is not needed any more
release-start-what = <b>{ $release }</b> is approved, but its deployment is not running. Start the workflow once more?
release-abort-what = Abort the deployment of <b>{ $release }</b>? All traffic returns to { $live }. After that releases are held until somebody lets them go.
release-abort-not = You have changed nothing. The card shows how the deployment goes.
release-back-where =
    ⏪ Where should production go back to from <b>{ $release }</b>?
    You will be asked to type the version.
release-back-nowhere = There is no release to go back to from <b>{ $release }</b>: none before it was deployed and is still good.
release-back-not-to = Not possible, because they were given up or never deployed:
release-ask-reason = ✏️ Write the reason in one message. The team sees it. /cancel if you have changed your mind.
release-ask-version =
    ⚠️ From <b>{ $release }</b> back to <b>{ $tag }</b>. To confirm, type the version you want to go back to: <code>{ $tag }</code>
    /cancel if you have changed your mind.
release-ask-search = 🔍 Which version? For example <code>v1.4.0</code>, or with its service: <code>nanobanana v1.4.0</code>. /cancel to stop.
release-ask-hold = ⛔ Why should nothing be released? Everybody reads your reason. /cancel if you have changed your mind.
release-ask-freeze = ❄️ Why should no deployment begin? Everybody reads your reason. /cancel if you have changed your mind.
release-ask-placeholder = Your answer
release-version-wrong = That is not <code>{ $tag }</code>, so nothing was changed. Type it exactly, or send /cancel.
release-words = { $words }
release-words-none = I can read only text here. Nothing was changed. Write your answer, or send /cancel.
release-words-foreign = Forwarded messages, pictures and files do nothing here. Nothing was changed. The menu shows what is going on.
release-words-stopped = Stopped. Nothing was changed.
release-toast-fresh = This is today's state
release-toast-approved = ✅ Your approval counts. Others are still needed.
release-toast-passed = ✅ Approved by all who are needed: the deployment starts by itself.
release-toast-rejected = 🚫 Rejected. It will not be deployed, and the team is told.
release-toast-taken-back = ↩️ Taken back. All have to approve it again.
release-toast-cancelled = ✖️ Cancelled. Nothing in production has changed.
release-toast-started = 🚚 The deployment is being started.
release-toast-paused = ⏸ The rollout takes no further stage. Press “Go on” when it may.
release-toast-goes-on = ▶️ The rollout goes on with its next stage.
release-toast-abort = 🛑 The traffic is being brought back. The card shows when it is done.
release-toast-rollback = ⏪ The rollback has begun. The card shows when production is back.
release-toast-repeat = That was done before. Nothing was done twice.
release-toast-set = ✅ Done
release-refused-role = Your role does not allow this. Nothing was changed. An admin of the team gives roles.
release-refused-stale = The release has changed since this screen was drawn. Nothing was done: look at today's state and decide again.
release-refused-state = Not possible now: the release is “{ $status }”. Nothing was changed. Its card has the buttons that work.
release-refused-state-instead = Not possible now: the release is “{ $status }”. Nothing was changed. You can: { $instead }.
release-instead-approve = approve
release-instead-reject = reject
release-instead-take-back = take the approval back
release-instead-roll-back = roll back
release-instead-cancel = cancel it
release-refused-reason = A reason is needed. Nothing was changed. Press the button again, and choose a reason or write one.
release-refused-too-long = The reason is too long: at most 1,000 characters. Nothing was changed. Write a shorter one.
release-refused-overtaken = Staging shows a newer release by now, so this one cannot be approved. Nothing was changed. The newer one is in “Waiting for me”.
release-refused-initiator = This release has changes of yours, so others have to approve it. Nothing was changed.
release-refused-not-joined = Your GitHub account is not joined, so you could be the author. Nothing was changed. Join it: Menu, Settings, “Join my GitHub account”.
release-refused-busy = Another release is being deployed or rolled back. Nothing was changed. Try again when it is done.
release-refused-abort-asked = Somebody has asked to abort this deployment: its traffic is on its way back. Nothing was changed. The card shows when it is done.
release-refused-hold = Releases are held. Nothing was changed. “What runs where” in the menu says why; a release manager or an admin lets them go there.
release-refused-frozen = Deployments are frozen for a time. Nothing was changed. “What runs where” in the menu says until when.
release-refused-target = One cannot go back to that release: it was never deployed, or was given up. Nothing was changed. “Roll back…” lists those that work.
release-refused-not-live = Production serves another release by now. Nothing was changed. “What runs where” in the menu opens the one that runs.
release-refused-no-release = There is no such release. Nothing was changed. The menu has a search by version.
release-runs-title = 🌍 <b>What runs where</b>
release-runs-service =
    📦 <b>{ $service }</b>
       🟢 production: { $live }
       🧪 staging: { $candidate }
release-runs-free = Nothing holds releases back.
release-runs-quorum = 🙋 Production needs these approvals, each of another person: { $seats }
release-freeze-how-long = ❄️ For how long may no deployment begin? What runs already goes on.
release-lift-what =
    ⛔ Held: { $reason }
    Let releases go on? Nothing starts by itself: an approved release has to be started again.
release-held = ⛔ Releases are held. Nothing new is deployed until somebody lifts it.
release-froze = ❄️ No deployment begins before { $until } UTC. What runs already goes on.
release-steer-refused = Your role does not allow this (any more). Nothing was changed. An admin of the team gives roles.
release-list-active = 🔨 <b>Active releases</b>
release-list-deployed = 🟢 <b>Deployed releases</b>
release-list-failed = 🔴 <b>Failed and given up</b>
release-list-waiting = 🙋 <b>Waiting for you</b>
release-list-none = Nothing is here now. What comes next appears here by itself.
release-list-note = { $author } · { $at } UTC
release-list-old = That page was forgotten. This is today's state.
release-filter-title =
    🗂 <b>Show only…</b>
    A service, who began them, or those older than some days.
release-filter-service = 📦 Only { $service }
release-filter-author = 👤 Only by { $author }
release-filter-days = 🕐 Older than { $days } days
release-search-none = No release is called “{ $words }”. Type the whole version, for example v1.4.0, and its service if it is not live.
release-history-title = 📜 <b>{ $release }</b>: who did what
release-history-event = { $sign } { $at } · { $who } → { $status }
release-history-report = { $sign } { $at } · { $phase }
release-history-refused = ⛔ { $at } · { $who } → { $status }: refused
release-history-abort = asks to abort the deployment
release-history-pause = asks to pause the deployment
release-history-go-on = lets the deployment go on
release-history-start = starts the deployment again
release-history-note = <i>{ $note }</i>
release-history-file = The history of { $release }, up to the newest 500 entries. Times are UTC.
release-actor-build = build
release-actor-deploy = deployment
release-actor-rollback = rollback workflow
release-actor-monitor = monitor
release-actor-time = time
release-actor-member = 👤
release-actor-stranger = a stranger
release-notice-testing = 🧪 <b>{ $release }</b> is on staging and waits for tests and approvals.
release-notice-staging-failed =
    ❌ <b>{ $release }</b> did not reach staging: { $reason }
    Production is unchanged. Mend it and push again.
release-notice-rejected =
    🚫 { $who } rejected <b>{ $release }</b>: { $reason }
    It will not be deployed. The next push makes a new release.
release-notice-cancelled =
    ✖️ <b>{ $release }</b> was cancelled: { $reason }
    Production is unchanged.
release-notice-deployed = 🟢 <b>{ $release }</b> is deployed: everybody meets it now.
release-notice-production-failed =
    🔴 <b>{ $release }</b> failed in production: { $reason }
    The traffic is back on the release before. Releases are held until somebody lets them go.
release-notice-abort = 🛑 { $who } asked to abort the deployment of <b>{ $release }</b>. The traffic is being brought back.
release-notice-overdue = ⏳ The deployment of <b>{ $release }</b> takes longer than it should. Nobody but the rollout knows where the traffic is: look at its run, abort it, or use <code>make rollback ENV=production</code>.
release-notice-rollback-done = ↩️ <b>{ $release }</b> is rolled back: production serves { $tag } again, after { $lasted }. Releases are held until somebody lets them go.
release-notice-rollback-failed =
    🆘 The rollback of <b>{ $release }</b> to { $tag } is not confirmed in time. This command needs only Cloud Run:
    <code>make rollback ENV=production</code>
    Or open the card and try again.
release-notice-other = { $sign } <b>{ $release }</b>: { $status }
release-settings-title = ⚙️ <b>Settings</b>
release-settings-roles = Your roles: { $roles }
release-settings-joined = ✅ Joined to GitHub account { $login }. Is it not yours? Tell an admin.
release-settings-not-joined = ⚪️ Your GitHub account is not joined, so you cannot approve. “Join my GitHub account” below says how.
release-settings-quiet = 🌙 Quiet hours: { $quiet }. Trouble in production always rings.
release-settings-topics = 🔔 means that you are told; press to change it:
release-members-further = … and { $count } more, each with a button below
release-members-title = 👥 <b>Members</b>
release-member = <b>{ $name }</b> · { $roles }
release-member-id = Telegram id <code>{ $id }</code>
release-member-joined = ✅ GitHub: { $login }
release-member-not-joined = ⚪️ Not joined to a GitHub account, so no approval counts
release-member-self = This is you. Another admin changes your roles.
release-remove-what = Remove <b>{ $name }</b> from the team? They see nothing of the releases any more, and approvals that they gave do not count.
release-invite-as = As what do you invite somebody?
release-invited =
    Send this to the person. It works once, for 24 hours, and makes them: { $role }. They write to this bot:
    <code>/start { $code }</code>
release-join-how =
    🔗 To join your GitHub account, run the workflow <code>join-release-bot.yml</code> from it within an hour, with this code:
    <code>{ $code }</code>
    Only run it from your own account: whoever shows the code first is joined to you.
release-button-members = 👥 Members
release-button-policy = 🗳 Approvals…
release-policy-title = 🗳 <b>Approvals that production needs</b>
release-policy-role = { $role }: <b>{ $count }</b>
release-policy-note = Each approval is of another person. Whoever has changes in a release never counts, whatever is set here. If a release waits that has enough approvals now, one of those who approved presses “Approve” once more.
release-notice-stuck = ⚠️ <b>{ $release }</b>: the members who use this bot cannot give all the approvals it needs. Whoever has changes in it, or has no GitHub account joined, does not count. Nothing is lost: it waits on staging for three days. An admin can give the role to somebody else, invite somebody, or ask for fewer approvals: Settings → Members.
release-notice-unheard = ⚠️ The team has { $most } members or more: perhaps not all of them hear of <b>{ $release }</b>. Nothing else is different: whoever opens the bot sees it. Tell those who have to approve yourself. An admin can remove members who have left: Settings → Members.
release-button-invite = ➕ Invite…
release-button-remove = 🗑 Remove…
release-button-remove-yes = 🗑 Yes, remove
release-button-join = 🔗 Join my GitHub account
release-numbers-title = 📊 <b>The last { $days } days</b>
release-numbers-deployments = 🚚 Deployed: { $number }, that is { $week } a week
release-numbers-lead = ⏱ From the first build to everybody, usually: { $lasted }
release-numbers-failures = 🔴 Of all deployments failed or rolled back: { $percent }
release-numbers-restore = ⏪ From a failure until production was good again, usually: { $lasted }
release-numbers-approval = 🙋 Waiting for approvals, usually: { $lasted }
release-status-rollback-done = rolled back
release-rollout-figures-ms = { $errors } % errors, { $latency } ms
release-rollout-figures-s = { $errors } % errors, { $latency } s
release-verdict-pass = good
release-verdict-fail = bad: the traffic goes back
release-verdict-inconclusive = too little traffic to tell yet
release-verdict-unproven = nothing was delivered yet, so nothing is proven
release-verdict-error = figures are missing: a person has to decide
release-phase-image = building the image
release-phase-deploy = bringing it to staging
release-phase-smoke = smoke test
release-phase-way-back = trying the way back
release-phase-monitor = watching staging
release-phase-agreed = approvals checked
release-phase-overdue = nothing was reported in time
release-phase-stage = stage “{ $stage }”
release-phase-held = held at stage “{ $stage }”: a person continues or aborts it
release-phase-paused = waits at stage “{ $stage }”
release-stage-probe = probes
release-stage-staff = team only
release-reason-deadline = its time was over
release-reason-by-hand = started by hand at GitHub
release-reason-overtaken = { $release } has overtaken it
release-need-no-step = not possible in that state
release-need-role = the role does not allow it
release-need-stale = the screen was old
release-need-initiator = it has changes of theirs
release-need-not-joined = no GitHub account is joined
release-need-overtaken = staging shows a newer one
release-need-quorum = approvals are missing
release-need-busy = another release is moving
release-need-hold = releases are held
release-need-frozen = deployments are frozen
release-need-target = one cannot go back to that one
release-need-not-live = production serves another one
release-need-replayed = its token was used before
release-need-other-run = it came from another run
release-need-tree = the merged tree is not the tested one
release-need-abort-asked = it is being aborted already
release-topic-builds = Builds that failed
release-topic-testing = Something to test
release-topic-decisions = Rejected, cancelled
release-topic-deployments = Deployed
release-quiet-never = never
release-quiet-off = No quiet hours
release-quiet-hours = { $first }–{ $last } UTC

## News: broadcasts of the operators

settings-news-on = News from us: yes
settings-news-off = News from us: no
news-button-off = 🔕 No more news
news-button-on = 🔔 News again
news-toast-off = No more news. Answers to your requests go on as before. To get news again: this button, or /settings.
news-toast-on = You get our news again.

broadcast-usage =
    📣 <b>Writing to everybody</b>

    Send <code>/broadcast</code> with the text, as a message or as the caption of a picture. HTML as Telegram knows it works: &lt;b&gt;bold&lt;/b&gt;. Lines at the end like this become buttons:
    <code>[Look](https://example.com)</code>

    Nothing is sent before you have seen it yourself, the people are counted, and you confirm.
broadcast-private = Send it in our private chat: a broadcast is steered there. Nothing is kept.
broadcast-empty = There is no text. Write one before the lines of the buttons, or send a picture with these lines. Nothing is kept.
broadcast-long = That is too long: { $text } characters are possible, { $caption } under a picture. Nothing is kept.
broadcast-many-buttons = At most { $buttons } buttons, please. Nothing is kept.
broadcast-picture = a picture
broadcast-title =
    📣 <b>{ $title }</b>
    <code>{ $id }</code>
broadcast-audience = For: { $parts }
broadcast-language-all = everybody
broadcast-language-ru = people who use Russian
broadcast-language-en = people who use English
broadcast-active = seen in the last { $days } days
broadcast-balance-low = too few credits for a picture
broadcast-balance-enough = enough credits for a picture
broadcast-draft = Nothing is sent yet. Choose for whom it is, then let me send it to you alone.
broadcast-draft-tested = You have seen it. Now I can count the people: it takes some minutes at most, and sends nothing.
broadcast-counting = Counting… { $people } of { $read } people so far fit.
broadcast-counted = <b>{ $people }</b> { $people ->
        [one] person
       *[other] people
    } would get it, { $rate } a second. The times below are UTC.
broadcast-nobody = Nobody fits that now. Choose other people.
broadcast-lasts = It takes about { $hours ->
    [0] { $minutes } min
   *[other] { $hours } h { $minutes } min
}.
broadcast-needs-two = To more than { $limit } people a second operator has to agree.
broadcast-asking = An operator has confirmed it for <b>{ $people }</b> people. A second operator has to agree: I have written to the others, and /broadcast shows it too.
broadcast-waiting = Confirmed for <b>{ $people }</b> { $people ->
        [one] person
       *[other] people
    }. It begins within a minute, or when another broadcast has ended.
broadcast-scheduled = Confirmed for <b>{ $people }</b> { $people ->
        [one] person
       *[other] people
    }. It begins on { $at } UTC.
broadcast-sending = It is being sent.
broadcast-paused = Paused. Nothing is sent until somebody resumes it.
broadcast-done = Done.
broadcast-stopped = Stopped for good. Nobody else gets it. A new one: /broadcast.
broadcast-progress =
    ✅ { $sent } of { $people } sent
    🚫 { $blocked } cannot be written to: later broadcasts leave them out
    ⛔️ { $refused } refused by Telegram
    ❔ { $unclear } unclear: it may have arrived, and is not sent again
broadcast-trouble-refused = Telegram refuses this message for nearly everybody, so I paused. Look at its text and picture.
broadcast-trouble-forgotten = Nobody pressed anything for a week, so I stopped it.
broadcast-refused = Telegram does not take it: { $why }. Correct it and send /broadcast again.
broadcast-choose-all = Everybody
broadcast-choose-ru = Russian
broadcast-choose-en = English
broadcast-choose-any = Any credits
broadcast-choose-low = Few credits
broadcast-choose-enough = Enough credits
broadcast-choose-days = { $days ->
    [0] Any time
   *[other] { $days } days
}
broadcast-button-test = 👁 Send it to me
broadcast-button-look = 👁 Send it to me
broadcast-button-count = 🔢 Count the people
broadcast-button-discard = 🗑 Discard
broadcast-button-edit = ↩️ Other people
broadcast-button-send = 📣 Send to { $people } now
broadcast-button-later = 🕒 { $time } (+{ $hours } h)
broadcast-button-agree = ✅ Agree: { $people } people
broadcast-button-disagree = ↩️ Not yet
broadcast-button-show = 🔄 Refresh
broadcast-button-pause = ⏸ Pause
broadcast-button-resume = ▶️ Resume
broadcast-button-stop = ⏹ Stop for good
broadcast-toast-done = Done
broadcast-toast-shown = This is how it is now.
broadcast-toast-not-now = Nothing has changed: this is how it is now.
broadcast-toast-other = Another operator has to agree.
broadcast-toast-later = Telegram is busy. Press again in a minute.
broadcast-toast-tested = This is how people will see it.
## Support

command-support = Write to people about a problem
support-ask =
    ✍️ <b>Write to us</b>
    What happened, and where? Words, photos, files and voice messages: for { $minutes } minutes, and as long again after each message, everything that you write or send here goes to people, not to the bot, and costs nothing. A command such as /image, or a button of the bot, ends it sooner; to write to people again, send /support. The answer comes to this chat.
support-passed = ✅ Passed on. People read it, and their answer comes here. What else you send them gets a 👌.
support-unknown = ❓ Telegram did not say whether this message arrived. If you get no answer, please send it once more: /support. It cost nothing.
support-refused = 🚫 Telegram does not let me pass on a message of this kind. Please say it in words, or send a photo, a file or a voice message. Nothing was charged.
support-edited = ✏️ The first wording has been passed on; a change of it is not. Please send the change as a new message: /support.
support-full = ⏳ That is a lot for one hour. What you have sent until now is there; this message was not passed on. Please go on in { $minutes } { $minutes ->
        [one] minute
       *[other] minutes
    }: /support. Nothing was charged.
support-busy = ⏳ Many people are writing to us, so this message was not passed on. Nothing was charged. Please try again in a while: /support.
support-unreachable = 🚪 I cannot reach the people of support at the moment, so this message was not passed on. Nothing was charged; the fault has been noted. Please try again later: /support.
support-none = ✍️ I cannot pass messages on to people here. What I can do: /help. What became of credits: /balance.
support-contact = You can also write to { $contact }.
support-closed = ☑️ Support considers this settled. If it is not, reply to this message.
support-ended = What you send is for the bot again.
support-way = ✍️ Questions to people: /support.
privacy-support = What you write to /support is read by people, in a group of theirs in Telegram, and stays there; they also see your name, your credits and how your last requests ended, but none of your words and pictures.
button-support-end = ✅ That is all
button-support-answer = ✍️ Write back
button-support-more = ✍️ Write more
support-card = <code>{ $id }</code> · { $tongue } · since { $day }
support-card-credits = 💳 { $available } free to use, { $held } held
support-card-job = • { $moment } · { $kind } · <code>{ $ended }</code> · { $credits } · <code>{ $id }</code>
support-card-ways = <i>As of { $moment } UTC. What is written here goes to the person, unless it begins with // or is a command. The person as of now: /card.</i>
support-desk-blocked = 🚫 Not delivered: this person has blocked the bot.
support-desk-refused = 🚫 Not delivered: Telegram does not let a bot pass on this kind of message.
support-desk-unknown = ❓ Telegram did not say whether this was delivered. Ask the person before you send it again.
support-desk-erased = 🚫 Not delivered: this person was erased at their own wish, and nothing leads to them any more. If they write again, they get a new topic.
support-desk-busy = ⏳ Not delivered: Telegram takes no more messages for this person at the moment. Please send it again later.
support-desk-command = 🚫 Not delivered: commands stay here. Put a word before it if the person is to read it; /card shows the person.
support-desk-edited = ✏️ The person still sees the first wording: a change is not passed on. Send it as a new message.
day-head = 📊 <b>{ $day }</b> (UTC)
day-people = People: { $count }
day-delivered = Delivered: { $count }{ $parts }
day-failed = Failed: { $count }{ $parts }
day-others = Canceled: { $canceled }, not over yet: { $open }
day-ratings = Results rated: { $up } 👍, { $down } 👎
day-slowest = Slowest: { $seconds } s ({ $kind })
day-credits = Credits: { $spent } spent, { $released } released unspent, { $given } given, { $back } taken back
day-income = Income: { $money }, payments: { $count }{ $parts }
day-cost = Cost of models: { $money }; margin: { $margin }

## Keys for programs

api-title =
    <b>🔌 Keys for your programs</b>
    With a key a program of yours makes pictures and videos with your credits, and reads what is yours. You do not need one to use this chat.
api-none = You have no key yet.
api-off = There is no access for programs here. Everything works in this chat: /help.
api-full = { $limit } keys are the most. Revoke one to make another.
api-key-unused = 🔑 <b>{ $name }</b> may { $may }. Made on { $made }, not used yet.
api-key-used = 🔑 <b>{ $name }</b> may { $may }. Made on { $made }, last used on { $used }.
api-key-webhook = Its webhook: { $host }.
api-key-webhook-failing = Its webhook, { $host }, takes nothing at the moment. We try again.
api-key-webhook-off = Its webhook, { $host }, is switched off.
webhook-off-gone =
    <b>🔌 A webhook is switched off</b>
    { $host }, of your key { $name }, has answered that nothing shall be sent there any more (410).

    Your orders are made and paid as before; only this program does not hear of them by itself. To switch it on again, the program sends PUT /webhook. What it has missed is in /results of the API.
webhook-off-failing =
    <b>🔌 A webhook is switched off</b>
    For three days { $host }, of your key { $name }, has taken nothing of what we sent.

    Your orders are made and paid as before; only this program does not hear of them by itself. Once the server answers again, the program switches it on with PUT /webhook. What it has missed is in /results of the API.
api-scope-read = see credits, pictures and videos
api-scope-make = spend credits
api-scope-conversations = read your conversations
api-choose =
    <b>What may the program do?</b>
    Whoever has the key can do it in your name: give a program no more than it needs.
api-made =
    <b>🔑 Your new key</b>
    <code>{ $token }</code>

    Store it now in a safe place: I show it only here, and cannot show it again. Give it to nobody.
    It is for <code>{ $url }</code>, sent as <code>Authorization: Bearer …</code>
api-renewed =
    <b>🔑 The new secret of this key</b>
    <code>{ $token }</code>

    Store it now: I cannot show it again. The old secret works for one more day, so that you can change your program. If somebody else may know the old one, revoke the key instead.
    It is for <code>{ $url }</code>, sent as <code>Authorization: Bearer …</code>
api-key-ways = A new secret: for a key that you lost or that is old. Revoke: the key stops working at once, and what it has ordered goes on.
api-revoke-ask = <b>Revoke the key { $name }?</b> Programs that use it are refused from then on, and it cannot be brought back. Your credits and pictures stay.
button-api-new = ➕ New key
button-api-key = 🔑 { $name }
button-api-docs = 📖 How to use it
button-api-read = 👁 Look only
button-api-make = 🎨 Look and spend credits
button-api-all = 💬 Everything, conversations too
button-api-renew = 🔄 New secret
button-api-revoke = 🗑 Revoke
button-api-revoke-sure = 🗑 Yes, revoke it
button-api-keep = ↩️ Keep it
button-api-back = ↩️ All keys
button-api-stored = ✅ I have stored it
toast-api-gone = This key is not there any more.
toast-api-full = You have as many keys as there can be.
toast-api-made = It is made already, and its secret is shown only once. If you missed it: /api, then the key, then “New secret”.
toast-api-revoked = Revoked: the key does not work any more.
button-admin = 🔑 Sign in
admin-way = 🛠 <b>Operators' pages.</b> The button signs you in once, within { $minutes } minutes, and only you: do not pass it on.
admin-in-private = I send the way to the operators' pages only in our private chat: write /admin there.
admin-none = There are no operators' pages in this environment: they come with the Mini App (the setting mini_app).
admin-name = Operators' pages
admin-sign-in = Sign in
admin-sign-out = Sign out
admin-code = Code
admin-code-hint = It stands here already if you came by the bot's button. If not, write /admin to the bot in your private chat.
admin-said-enter = You are not signed in, or an hour has passed. Write /admin to the bot and press its button.
admin-said-unsent = You are not signed in any more: a session lasts an hour. What you sent was not done. Write /admin to the bot, press its button, and send the form again.
admin-said-code = This code does not work: it was used before, it is older than five minutes, or a character is missing. Write /admin to the bot for another.
admin-said-signed-out = You are signed out everywhere, in the Mini App too.
admin-said-done = Done. It is in the audit log.
admin-said-again = This was done before; nothing happened a second time.
admin-said-waits = No credits have moved yet: another admin has to agree. The request is under “Agreement”.
admin-said-declined = The request is declined; no credits have moved.
admin-said-gone = This request is decided already, or too old. Nothing has changed.
admin-said-self = Nobody can agree to their own request, or to credits for themselves. Ask another admin.
admin-said-toomuch = That is more than can be given at once. Nothing has changed.
admin-said-nobody = Nobody with this number has ever written to the bot. Nothing has changed.
admin-said-erased = This person is erased, or is being erased. Nothing has changed.
admin-said-unspent = Nothing was paid for this job, so nothing can be given back.
admin-said-otherpayer = Another account has paid for this job. Nothing has changed.
admin-said-reason = A reason is one line of up to 100 characters. Nothing has changed.
admin-said-number = Credits are a whole number above zero. Nothing has changed.
admin-said-notfound = Nothing is known under these words. A receipt that is no purchase is found in its person's ledger.
admin-said-recorded = Your reason is in the audit log. For an hour you can read here.
admin-tab-overview = Overview
admin-tab-jobs = Jobs
admin-tab-models = Models
admin-tab-payments = Payments
admin-tab-requests = Agreement
admin-tab-audit = Audit log
admin-role-viewer = viewer
admin-role-support = support
admin-role-finance = finance
admin-role-admin = admin
admin-as = You: { $id }, { $role }. All times are UTC.
admin-back = Back
admin-nothing-title = Nothing here
admin-nothing = There is nothing of this name, or not any more. The search on the first page finds people, jobs and payments.
admin-forbidden-title = Not for your role
admin-forbidden = Your role does not reach here. Who may do what is set in Terraform (admin_ids, admin_roles).
admin-find = Find
admin-find-hint = A person's number, the code of a job, a payment's number, the receipt of a purchase.
admin-find-go = Find
admin-dashboard = Google's dashboards
admin-spending = What models cost
admin-spent-hour = This hour: { $spent } of { $cap } ({ $percent } %)
admin-spent-day = Today: { $spent } of { $cap } ({ $percent } %)
admin-stopped = Nothing is bought until { $moment }: an operator has stopped it.
admin-stopped-books = Nothing is bought: the books do not add up.
admin-days = The last days
admin-no-days = No day has been added up yet: that is done every night at 03:30.
admin-bars = Delivered and failed jobs of each day
admin-day = Day
admin-people = People
admin-delivered = Delivered
admin-failed = Failed
admin-credits-spent = Credits spent
admin-person = Person { $id }
admin-person-nobody = In this name the books of an erased person go on.
admin-person-erased = This person is being erased.
admin-since = Since
admin-language = Language
admin-credits = Credits
admin-credits-now = { $available } free to use, { $held } held
admin-jobs-open = Open jobs
admin-taken-back = Credits taken back
admin-seen = Last seen
admin-blocked = has blocked the bot
admin-subscriptions = Subscriptions
admin-ledger = Ledger
admin-jobs-of = Jobs
admin-jobs-of-hint = Jobs for which credits were held, the newest first. Free ones are found by their code.
admin-receipt = From the receipt
admin-empty = Nothing.
admin-expired = expired
admin-give = Give credits
admin-give-hint = You alone can give { $limit } on a day (UTC), refunds of jobs included; beyond that another admin agrees.
admin-give-self = This is you: another admin has to agree.
admin-give-go = Give
admin-how-many = How many
admin-reason = Reason
admin-reason-seen = One line, in your own words. The person reads it in /balance.
admin-talks = Conversations
admin-talks-hint = One line. It stands in the audit log before you see a word, and lets you read for an hour.
admin-talks-go = Record and read
admin-earlier = Earlier
admin-later = Later
admin-job = Job
admin-code-of = Code
admin-who = Person
admin-what = What
admin-job-queued = waits
admin-job-working = being made
admin-job-submitted = being made, asked for
admin-job-polling = being made at the provider
admin-job-made = made, not delivered yet
admin-job-refused = refused, not told yet
admin-job-delivered = delivered
admin-job-failed = failed
admin-job-canceled = canceled
admin-state = State
admin-asked = Requested
admin-price = Price, credits
admin-paid = Paid, credits
admin-due = Due, and how often repaired
admin-returned = Given back
admin-attempts = Attempt
admin-began = Began
admin-seconds = Seconds
admin-outcome = Outcome
admin-refund-wallet = A group's wallet has paid. The credits go back to it.
admin-refund = Give back: { $credits } { $credits ->
        [one] credit
       *[other] credits
    }
admin-refund-go = Give back
admin-open = Open: { $count }
admin-oldest = The oldest was requested at
admin-late = nobody has moved it for { $minutes } min
admin-failed-today = Failed today: { $count }
admin-board-hint = Of each at most { $count } are shown: of the open ones those that are due first, of the failed ones the newest.
admin-requests-hint = Whoever asked cannot agree, nor whoever gets the credits. After { $days } days a request is over.
admin-requests-none = Nothing waits for agreement.
admin-asked-by = Asked for by
admin-agree = Agree
admin-decline = Decline
admin-about = About
admin-all-acts = All acts
admin-act-sign_in = signed in
admin-act-sign_out = signed out
admin-act-read_talks = read conversations
admin-act-give = gave credits
admin-act-ask_give = asked to give credits
admin-act-agree_give = agreed to give credits
admin-act-decline_give = declined to give credits
admin-act-refund = gave a job's credits back
admin-act-ask_refund = asked to give a job's credits back
admin-act-agree_refund = agreed to give a job's credits back
admin-act-decline_refund = declined to give a job's credits back
admin-said-switched = Done. It holds everywhere within ten seconds, and is in the audit log.
admin-said-unchanged = It was so already. Nothing has changed.
admin-switch-hint = What is off cannot be ordered: people are told so, and nothing is charged. What was ordered before is still made. People keep the model that they chose. If new people begin with a dearer one, their welcome credits make fewer pictures.
admin-is-off = Switched off
admin-is-first = New people begin with it
admin-switch-on = Switch on
admin-switch-off = Switch off
admin-make-first = Begin new people with it
admin-act-switch_off = switched a model off
admin-act-switch_on = switched a model on
admin-act-first_model = chose the model for new people
admin-tab-promos = Promo codes
admin-said-promoterms = These terms do not fit together: see the hints. A code gives either credits, at most 1,000, or per cent, and its last day is not over. Nothing has changed.
admin-said-promoname = There is another batch of this name, on other terms. Nothing has changed: choose another name.
admin-said-promotaken = This word is a code already. Nothing has changed: choose another word.
admin-said-promowaits = No code works yet: this could give away more than you may give alone, so another admin has to agree on this page.
admin-promos-none = There are no promo codes yet.
admin-promo = Promo codes: { $name }
admin-promo-new = New codes
admin-promo-hint = Up to { $count } at once here; the command promos makes more. What can be given away counts like credits that you give: beyond { $limit } on a day, and without a limit of people, another admin agrees. Operators who see codes cannot use them.
admin-promo-name = Name of the batch
admin-promo-name-hint = Small letters, digits and hyphens. People do not see it. A form with the same name makes nothing twice.
admin-promo-count = How many codes
admin-promo-credits = Credits at once
admin-promo-credits-hint = Either this, or per cent for the next purchase. Leave the other one empty.
admin-promo-percent = Per cent more with the next purchase
admin-promo-uses = People for each code
admin-promo-uses-hint = 0: any number, only with per cent.
admin-promo-last = Last day (UTC)
admin-promo-word = A word of your own
admin-promo-word-hint = 4 to 32 letters and digits, such as NEWYEAR; then it is one code. Empty: codes that cannot be guessed.
admin-promo-first = only for a first purchase
admin-promo-make = Make
admin-promo-gives = { $credits ->
    [0] +{ $percent } % with a purchase
   *[other] { $credits } credits
}
admin-promo-codes = codes: { $count }
admin-promo-until = Ends
admin-promo-waiting = waits for agreement
admin-promo-stopped = stopped
admin-promo-over = over
admin-promo-worth = Gives
admin-promo-most = At most, credits
admin-promo-by = Made by
admin-promo-asks = Another admin has to agree; until then there are no codes. People are told nothing.
admin-promo-stop = Stop
admin-promo-stop-all = Stop all
admin-promo-used = used: { $used }
admin-act-make_promos = made promo codes
admin-act-ask_promos = asked to make promo codes
admin-act-agree_promos = agreed to promo codes
admin-act-stop_promos = stopped promo codes
admin-act-end_promos = ended a batch of promo codes
admin-tab-broadcasts = Broadcasts
admin-said-castwritten = The draft is kept, and I have sent its card to you in our private chat: test it there, count the people and send it. If no card comes: /broadcast lists it.
admin-said-castwords = Nothing is kept: the text is empty, longer than Telegram takes, or has too many buttons. Change it below.
admin-said-castother = This form was sent before with another text, which is kept. Load the page anew for another broadcast.
admin-said-castnot = Its state has changed meanwhile, or you have confirmed it yourself, so nothing is done. This is how it stands now.
admin-casts-none = There are no broadcasts yet.
admin-cast-new = Write to everybody
admin-cast-hint = This keeps a draft that goes to nobody. The bot then sends you its card, with the same buttons as after /broadcast: see it as a message, count the people, send it now or later. A picture is possible only there.
admin-cast-text = Text
admin-cast-text-hint = Telegram's HTML, up to { $count } characters. Lines at its end such as [Open](https://example.com) become buttons, { $buttons } at most.
admin-cast-write = Keep the draft
admin-cast-reached = Reached or tried: { $reached } of { $people }
admin-cast-go-on = What else can be done with it stands on its card in the bot: /broadcast.
admin-cast-acts = Who did what
admin-cast-pause = Pause
admin-cast-resume = Go on
admin-cast-stop = Stop for good
admin-cast-agree = Agree
admin-cast-disagree = Do not agree
admin-act-write_broadcast = wrote a broadcast
admin-act-pause_broadcast = paused a broadcast
admin-act-resume_broadcast = went on with a broadcast
admin-act-stop_broadcast = stopped a broadcast
admin-act-agree_broadcast = agreed to a broadcast
admin-act-disagree_broadcast = did not agree to a broadcast
admin-tab-errors = Errors
admin-queue = The queue
admin-waiting = Jobs that wait: { $count }
admin-checks = What the night has found
admin-compared = Compared with Telegram's list of Stars at
admin-never-compared = Payments have not been compared with Telegram's list to the end yet: that is done every night at 03:00.
admin-no-gaps = nothing differs.
admin-unsettled = These differ for more than a week:
admin-books-right = The books add up.
admin-books-wrong = The books do not add up since
admin-books-due = Next check:
admin-gap-unbooked = paid, not credited
admin-gap-other_amount = another amount
admin-gap-other_person = another person
admin-gap-unreturned = returned by Telegram, credits still there
admin-gap-untold = returned by an operator, not told
admin-gap-returned_here_only = taken back here only
admin-gap-unknown_to_telegram = not in Telegram's list
admin-errors-hint = Lines of the log about an error, by function, event and class, and jobs that failed through our or a provider's fault, by kind and code. They are written every 30 seconds at most; the log has each of them with its trace. The functions webhook, payments and releases keep no documents and are only in the log.
admin-no-errors = Nothing has gone wrong today or yesterday, as far as it was counted.
admin-failed-jobs = Jobs that failed, by day
admin-today = Today
admin-yesterday = Yesterday
admin-time = Time
admin-amount = Amount
admin-provider = Provider
admin-confirmed = Confirmed
admin-payments-hint = Confirmed: the provider's own list has it too. Given back: the part of a payment by card; Stars that went back stand in the ledger.
admin-day-before = The day before
admin-day-after = The day after
admin-models-hint = Counted days: { $days }, with the ends of their jobs. A credit is a US cent; costs are list prices of the wanted model.
admin-model-ends = Delivered: { $delivered }, failed: { $failed } ({ $percent } %)
admin-ends = may end on { $date }
admin-size = Size
admin-cost = Cost, cents
admin-asked-you = 🛠 An operator has asked to give credits or to make promo codes, and a second admin has to agree: /admin leads to the pages, where it waits under “Agreement” for a week, or under “Promo codes”.
privacy-operators = Those who run me see your credits, your payments and how your requests ended. They read your conversations only after they have recorded a reason in a journal.
admin-fault-403 = This form is not from your pages, or it is older than your session. Nothing has changed. Open the page anew, and send it from there.
admin-fault-404 = There is no such page.
admin-fault-413 = That is too much text for a form. Nothing has changed.
admin-fault-429 = You come too often. Nothing has changed. Wait a moment, then load the page anew.
admin-fault-other = Something of ours did not answer, so it is unknown whether this was done. Go back and send the same form again: nothing is done twice.
admin-to-overview = To the first page
