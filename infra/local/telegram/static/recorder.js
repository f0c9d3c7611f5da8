// Voice messages: from a microphone, or of typed words, as Ogg Opus files, which is what Telegram's apps send.
//
// The words that stand in the composer go into the file's header (TRANSCRIPT), where the local Gemini reads them: on this
// machine nobody listens. Without a microphone the voice is silent.

const RATE = 48_000;
const SILENCE = new Uint8Array([0xf8, 0xff, 0xfe]); // 20 ms of nothing
const SILENCE_SAMPLES = 960;
const WORDS_PER_SECOND = 2.5;
const PACKETS_PER_PAGE = 50;
const FORMS = ["audio/ogg;codecs=opus", "audio/webm;codecs=opus"];
// Elements of WebM that hold others, and those that hold sound.
const HOLDERS = new Set([0x18538067, 0x1f43b675, 0xa0]);
const BLOCKS = new Set([0xa3, 0xa1]);

// A voice message in which these words are spoken, and nothing is heard.
export function speakWords(words) {
  const seconds = Math.max(1, words.split(/\s+/).length / WORDS_PER_SECOND);
  const packets = Array.from({ length: Math.ceil((seconds * RATE) / SILENCE_SAMPLES) }, () => SILENCE);
  return toFile(writeOgg(packets, words));
}

// Records until `stop()`, which gives the voice message. Throws where there is no microphone.
export async function record() {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const form = FORMS.find((one) => MediaRecorder.isTypeSupported(one));
  const recorder = new MediaRecorder(stream, { mimeType: form });
  const parts = [];
  recorder.addEventListener("dataavailable", (event) => parts.push(event.data));
  recorder.start();
  return {
    async stop() {
      await new Promise((done) => {
        recorder.addEventListener("stop", done, { once: true });
        recorder.stop();
      });
      for (const track of stream.getTracks()) track.stop();
      const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
      return toFile(form.startsWith("audio/ogg") ? bytes : writeOgg(readWebm(bytes), ""));
    },
  };
}

function toFile(bytes) {
  return new File([bytes], "voice.ogg", { type: "audio/ogg" });
}

// The packets of the only track of a WebM file.
export function readWebm(bytes) {
  const packets = [];
  let at = 0;
  while (at < bytes.length) {
    const id = readNumber(bytes, at, true);
    const size = readNumber(bytes, at + id.length, false);
    at += id.length + size.length;
    if (HOLDERS.has(id.value)) continue; // what is inside comes next
    const end = Math.min(bytes.length, at + size.value);
    if (BLOCKS.has(id.value)) packets.push(bytes.slice(at + 4, end)); // track, time and flags come first
    at = end;
  }
  return packets;
}

// A number of variable length; of an id its marker belongs to it.
function readNumber(bytes, at, keepsMarker) {
  const length = Math.min(8, Math.clz32(bytes[at] ?? 0) - 23);
  let value = keepsMarker ? bytes[at] : bytes[at] & (0xff >> length);
  for (let next = 1; next < length; next += 1) value = value * 256 + (bytes[at + next] ?? 0);
  return { value, length };
}

function writeOgg(packets, words) {
  const text = new TextEncoder();
  const head = join([text.encode("OpusHead"), new Uint8Array([1, 1, 0, 0]), number(RATE), new Uint8Array([0, 0, 0])]);
  const comments = words ? [text.encode(`TRANSCRIPT=${words}`)] : [];
  const vendor = text.encode("local Telegram");
  const tags = join([
    text.encode("OpusTags"), number(vendor.length), vendor, number(comments.length),
    ...comments.flatMap((one) => [number(one.length), one]),
  ]);
  const pages = [writePage([head], 0, 0, 2), writePage([tags], 0, 1, 0)];
  let samples = 0;
  for (let start = 0; start < packets.length; start += PACKETS_PER_PAGE) {
    const some = packets.slice(start, start + PACKETS_PER_PAGE);
    samples += some.reduce((sum, packet) => sum + countSamples(packet), 0);
    const last = start + PACKETS_PER_PAGE >= packets.length;
    pages.push(writePage(some, samples, pages.length, last ? 4 : 0));
  }
  return join(pages);
}

// How much a packet of Opus plays, by its first byte (RFC 6716, 3.1).
function countSamples(packet) {
  const configuration = packet[0] >> 3;
  const silk = [480, 960, 1920, 2880][configuration & 3];
  const hybrid = [480, 960][configuration & 1];
  const celt = [120, 240, 480, 960][configuration & 3];
  const frame = configuration < 12 ? silk : configuration < 16 ? hybrid : celt;
  const code = packet[0] & 3;
  return frame * (code === 0 ? 1 : code === 3 ? packet[1] & 63 : 2);
}

function writePage(packets, samples, sequence, marks) {
  const lacing = packets.flatMap((packet) => [...Array(Math.floor(packet.length / 255)).fill(255), packet.length % 255]);
  const page = join([
    new TextEncoder().encode("OggS"), new Uint8Array([0, marks]), number(samples), number(0), number(1), number(sequence),
    number(0), new Uint8Array([lacing.length]), new Uint8Array(lacing), ...packets,
  ]);
  page.set(number(checksum(page)), 22);
  return page;
}

function checksum(page) {
  let crc = 0;
  for (const byte of page) {
    crc ^= byte << 24;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc << 1) ^ (crc & 0x80000000 ? 0x04c11db7 : 0);
  }
  return crc >>> 0;
}

function number(value) {
  return new Uint8Array(new Uint32Array([value]).buffer); // every machine that runs a browser is little-endian
}

function join(parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
