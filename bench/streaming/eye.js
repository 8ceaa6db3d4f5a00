// Watches a canvas in the technician's browser and notes when what was drawn appears.
// The clock is the wall clock in seconds, which the drawing program reads too.
(watch) => {
  const canvas = document.querySelector(watch.canvas);
  const scratch = new OffscreenCanvas(watch.w, watch.h);
  const pixels = scratch.getContext("2d", { willReadFrequently: true });
  const now = () => (performance.timeOrigin + performance.now()) / 1000;
  const eye = { frames: [], keys: [], watching: true };
  let lastFrame = -1;
  let nextCell = 0;
  let asked = null;

  const look = (x, y, w, h) => {
    pixels.drawImage(canvas, x, y, w, h, 0, 0, w, h);
    return pixels.getImageData(0, 0, w, h).data;
  };
  const isWhite = (data, x, y, w) => data[(y * w + x) * 4 + 1] > 127;

  const lookAtCells = () => {
    const { x, y, w, h, columns } = watch.cells;
    for (;;) {
      const data = look(x + (nextCell % columns) * w, y + Math.floor(nextCell / columns) * h, w, h);
      let dark = false;
      for (let i = 1; i < w * h * 4 && !dark; i += 4) dark = data[i] < 128 && data[i + 2] === 255;
      if (!dark) return;
      nextCell += 1;
      eye.frames.push([nextCell, now()]);
    }
  };
  const tick = () => {
    if (!eye.watching) return;
    const data = look(watch.x, watch.y, watch.w, watch.h);
    let frame = 0;
    for (let bit = 0; bit < watch.bits; bit += 1) {
      if (isWhite(data, bit * watch.cell + watch.cell / 2, watch.h / 2, watch.w)) frame |= 1 << bit;
    }
    if (frame !== lastFrame) {
      lastFrame = frame;
      if (!watch.cells) eye.frames.push([frame, now()]);
    }
    const white = isWhite(data, watch.bits * watch.cell + watch.h / 2, watch.h / 2, watch.w);
    if (asked && white !== asked.white) {
      eye.keys.push(now() - asked.at);
      asked.answered();
      asked = null;
    }
    eye.white = white;
    if (watch.cells) lookAtCells();
    scheduler.postTask(tick, { delay: 2 });
  };
  // Sends F9 as the keyboard would; the program answers by toggling the probe.
  // The promise is kept when the probe's new colour is on the canvas.
  eye.press = (target, patience) => new Promise((answered, lost) => {
    setTimeout(() => lost(new Error("a key was never answered")), patience);
    asked = { at: now(), white: eye.white, answered };
    for (const type of ["keydown", "keyup"]) {
      document.querySelector(target).dispatchEvent(
        new KeyboardEvent(type, { code: "F9", key: "F9", keyCode: 120, bubbles: true, cancelable: true }),
      );
    }
  });
  eye.close = () => {
    eye.watching = false;
    return { frames: eye.frames, keys: eye.keys };
  };
  window.dibucEye = eye;
  scheduler.postTask(tick);
}
