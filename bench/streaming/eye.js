// Watches the canvas in the thread that paints it, and notes when what was drawn appears.
// The clock is the wall clock in seconds, which the drawing program reads too.
// CONTEXT stands for the script that gives the canvas's context.
/* global CONTEXT */
(watch) => {
  const canvas = CONTEXT;
  const now = () => (performance.timeOrigin + performance.now()) / 1000;
  const eye = { frames: [], flips: [], watching: true };
  let lastFrame = -1;
  let nextCell = 0;
  let wasWhite = null;

  const look = (x, y, w, h) => canvas.getImageData(x, y, w, h).data;
  const isWhite = (data, x, y, w) => data[(y * w + x) * 4 + 1] > 127;

  const lookAtCells = () => {
    const { x, y, w, h, columns } = watch.cells;
    for (;;) {
      const data = look(x + (nextCell % columns) * w, y + Math.floor(nextCell / columns) * h, w, h);
      let dark = false;
      for (let i = 1; i < w * h * 4 && !dark; i += 4) {dark = data[i] < 128 && data[i + 2] === 255;}
      if (!dark) {return;}
      nextCell += 1;
      eye.frames.push([nextCell, now()]);
    }
  };
  const tick = () => {
    if (!eye.watching) {return;}
    const data = look(watch.x, watch.y, watch.w, watch.h);
    let frame = 0;
    for (let bit = 0; bit < watch.bits; bit += 1) {
      if (isWhite(data, bit * watch.cell + watch.cell / 2, watch.h / 2, watch.w)) {frame |= 1 << bit;}
    }
    if (frame !== lastFrame) {
      lastFrame = frame;
      if (!watch.cells) {eye.frames.push([frame, now()]);}
    }
    const white = isWhite(data, watch.bits * watch.cell + watch.h / 2, watch.h / 2, watch.w);
    if (white !== wasWhite) {
      wasWhite = white;
      eye.flips.push(now());
    }
    if (watch.cells) {lookAtCells();}
    scheduler.postTask(tick, { delay: 1 });
  };
  globalThis.dibucEye = eye;
  tick();
}
