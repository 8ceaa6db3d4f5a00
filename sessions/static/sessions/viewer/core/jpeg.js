// The size that a JPEG announces (ITU-T T.81, B.2.2), read before a decoder is let near it:
// a few bytes may claim a picture that fills the memory.

const START_OF_IMAGE = 0xffd8;
const NO_LENGTH = new Set([0x01, 0xd0, 0xd1, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7]);
// SOF0 to SOF15 without DHT (C4), JPG (C8) and DAC (CC), which share the range.
const FRAME_HEADERS = new Set([0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf]);

/**
 * @param {Uint8Array} data
 * @returns {{width: number, height: number} | null} null if no frame header is found
 */
export function jpegSize(data) {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (data.length < 4 || view.getUint16(0) !== START_OF_IMAGE) {
    return null;
  }
  let at = 2;
  while (at + 9 <= data.length && view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at += 1;
    } else if (FRAME_HEADERS.has(marker)) {
      return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    } else {
      at += NO_LENGTH.has(marker) ? 2 : 2 + view.getUint16(at + 2);
    }
  }
  return null;
}
