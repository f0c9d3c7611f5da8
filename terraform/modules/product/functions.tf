# Every function, its queue and its rights: infra/functions.json. The deployer, the local system, the checks and the
# tests read the same file. A new function needs a few more places: docs/adding-a-medium.md lists them.
#
# public      everybody may call it; the others are called with a token
# env         its variables; locals.tf has their values
# limits      of the service; deadline_seconds is how long its caller waits; it is longer than timeout_seconds
# secrets     variable = secret
# enqueues    the functions into whose queues it may put tasks
# firestore, media, model    whether it may use the product's database with the key of its words, the bucket, Gemini
# fal         whether it gets the key of fal, the second provider of pictures and videos, where there is one
# transcodes  whether it may have smaller copies of videos made by Google's Transcoder
# sells       whether it gets the key of invoices, where credits are sold
# cards       the secrets that it gets for each provider of card payments: variable = secret
# signs_in    whether it gets the key of sessions, where there is a Mini App
# remembers   whether it gets the keys by which erased people are remembered, where people are erased
# schedule    when the scheduler calls it (cron, UTC); null: never
# queue       the queue of its name and `count` - 1 more, and how they retry a failed task; null: there is none
#
# The reasons for the values:
# - webhook: Telegram waits a minute; the function's only purpose is a fast response.
# - bot: a person waits for an answer, so a task is retried after 1, 2, 4 … seconds, then every minute. The deadline is
#   BOT_DEADLINE_SECONDS in shared/wiring.py.
# - image: docs/ceilings.md has its memory, docs/architecture.md the time limits; the deadline is IMAGE_DEADLINE_SECONDS
#   in shared/wiring.py. A request waits for the model most of the time, so many fit on one CPU. An instance starts
#   slowly, so its queue is slow enough for a burst to be spread over several instances.
# - chat: a hundred concurrent answers need little memory and hardly any CPU; the deadline is CHAT_DEADLINE_SECONDS in
#   shared/wiring.py. A person waits for the first words, so its queue is faster than image's.
# - video: it never waits for a video; it moves files in pieces. The deadline is VIDEO_DEADLINE_SECONDS in
#   shared/wiring.py.
# - payments: a provider waits for the answer and repeats what it did not get; nothing here takes long.
# - api: a person looks at it, so nothing here waits for a model. One upload of 21 MB is decoded at a time, beside the
#   pages; docs/ceilings.md has the memory of one picture.
# - releases: people and workflows of one team. GitHub and Telegram may be slow; the deadline is RELEASES_DEADLINE_SECONDS in
#   shared/wiring.py. `firestore` is the product's database: this function has one of its own (main.tf, access.tf).
# - count: Cloud Tasks dispatches 500 tasks a second from one queue; a chat's updates share one
#   (docs/decisions/0052-shards-and-lanes.md). Never lower it: Terraform would delete a queue with the tasks in it, and
#   an unused queue costs nothing.

locals {
  functions = jsondecode(file("${path.module}/../../../infra/functions.json"))
}
