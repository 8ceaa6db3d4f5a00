// Selkies shows a video of decoded frames. This keeps the luma of the newest one when it is
// handed over for display, and looks like a canvas's context to the eye.
(() => {
  const shown = { luma: new Uint8Array(0), stride: 0, busy: false };

  const keep = async (/** @type {VideoFrame} */ frame) => {
    const size = frame.allocationSize();
    const buffer = shown.busy ? null : new Uint8Array(size);
    if (buffer === null) {
      frame.close();
      return;
    }
    shown.busy = true;
    try {
      const [plane] = await frame.copyTo(buffer);
      shown.luma = buffer.subarray(plane.offset);
      shown.stride = plane.stride;
    } finally {
      shown.busy = false;
      frame.close();
    }
  };

  const write = WritableStreamDefaultWriter.prototype.write;
  WritableStreamDefaultWriter.prototype.write = function (chunk) {
    if (chunk instanceof VideoFrame) {
      keep(chunk.clone());
    }
    return write.call(this, chunk);
  };

  globalThis.dibucShown = {
    getImageData(x, y, w, h) {
      const data = new Uint8ClampedArray(w * h * 4);
      for (let row = 0; row < h; row += 1) {
        for (let column = 0; column < w; column += 1) {
          const at = (row * w + column) * 4;
          data.fill(shown.luma[(y + row) * shown.stride + x + column] ?? 0, at, at + 3);
          data[at + 3] = 255;
        }
      }
      return { data };
    },
  };
})();
