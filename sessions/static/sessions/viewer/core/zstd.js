// The session's one zstd stream (RFC 8878), decoded synchronously by WebAssembly.
//
// The context lives from one rectangle to the next, so that a later one may refer to
// what earlier ones held. It is thrown away and made anew when the agent says so.

/**
 * @typedef {object} ZstdExports
 * @property {WebAssembly.Memory} memory
 * @property {(size: number) => number} malloc
 * @property {(pointer: number) => void} free
 * @property {() => number} ZSTD_createDCtx
 * @property {(context: number) => number} ZSTD_freeDCtx
 * @property {(context: number, output: number, input: number) => number} ZSTD_decompressStream
 */

/** What is wrong with the data; the caller turns it into the protocol's `malformed`. */
export class ZstdError extends Error {}

// zstd returns errors as -1 to -120 in a size_t.
const FIRST_ERROR = 0x1_0000_0000 - 120;
// Two C structs {pointer, size, position} of 12 bytes each.
const BUFFER_STRUCT = 12;

/** One stream at a time; memory is bounded by zstd's own limit for windows, 128 MiB. */
export class ZstdStream {
  /** @type {ZstdExports} */
  #wasm;
  #context = 0;
  #structs = 0;
  #input = 0;
  #inputSize = 0;
  #output = 0;
  #outputSize = 0;

  /** @param {WebAssembly.Module} module what script/vendor.mjs took out of npm's zstddec */
  constructor(module) {
    const imports = { env: { emscripten_notify_memory_growth: () => undefined } };
    const instance = new WebAssembly.Instance(module, imports);
    this.#wasm = /** @type {ZstdExports} */ (/** @type {unknown} */ (instance.exports));
    this.#structs = this.#wasm.malloc(2 * BUFFER_STRUCT);
    this.restart();
  }

  /** Forget everything: the next bytes are the beginning of a stream. */
  restart() {
    if (this.#context !== 0) {
      this.#wasm.ZSTD_freeDCtx(this.#context);
    }
    this.#context = this.#wasm.ZSTD_createDCtx();
    if (this.#context === 0) {
      throw new ZstdError("no memory for a zstd stream");
    }
  }

  /**
   * Decode one flushed piece of the stream.
   *
   * @param {Uint8Array} data the piece, whole
   * @param {number} size bytes that have to come out, no more and no fewer
   * @returns {Uint8Array} a view into the WebAssembly's memory, which goes on behind it; good until the next call
   * @throws {ZstdError} if the data are damaged or do not yield exactly `size` bytes
   */
  decode(data, size) {
    this.#reserve(data.length, size);
    new Uint8Array(this.#wasm.memory.buffer).set(data, this.#input);
    const [written, read] = this.#run(size, data.length);
    if (written !== size || read !== data.length) {
      throw new ZstdError(`${data.length} bytes do not yield exactly ${size}`);
    }
    return new Uint8Array(this.#wasm.memory.buffer, this.#output, size);
  }

  /**
   * @param {number} size room for the output; one byte more is offered, to catch a surplus
   * @param {number} length of the input
   * @returns {[number, number]} bytes written, bytes read
   */
  #run(size, length) {
    let written = 0;
    let read = 0;
    for (;;) {
      // Each call may grow the memory, which detaches older views of it.
      const structs = new DataView(this.#wasm.memory.buffer, this.#structs, 2 * BUFFER_STRUCT);
      structs.setUint32(0, this.#output, true);
      structs.setUint32(4, size + 1, true);
      structs.setUint32(8, written, true);
      structs.setUint32(BUFFER_STRUCT, this.#input, true);
      structs.setUint32(BUFFER_STRUCT + 4, length, true);
      structs.setUint32(BUFFER_STRUCT + 8, read, true);
      const answer =
        this.#wasm.ZSTD_decompressStream(this.#context, this.#structs, this.#structs + BUFFER_STRUCT) >>> 0;
      if (answer >= FIRST_ERROR) {
        throw new ZstdError(`zstd error ${0x1_0000_0000 - answer}`);
      }
      const after = new DataView(this.#wasm.memory.buffer, this.#structs, 2 * BUFFER_STRUCT);
      const writtenNow = after.getUint32(8, true);
      const readNow = after.getUint32(BUFFER_STRUCT + 8, true);
      const stuck = writtenNow === written && readNow === read;
      written = writtenNow;
      read = readNow;
      if (stuck || written > size || (written === size && read === length)) {
        return [written, read];
      }
    }
  }

  /**
   * @param {number} input
   * @param {number} output
   */
  #reserve(input, output) {
    if (input > this.#inputSize) {
      this.#wasm.free(this.#input);
      // Nothing is there if the next line fails.
      this.#input = this.#inputSize = 0;
      this.#input = this.#allocate(input);
      this.#inputSize = input;
    }
    if (output > this.#outputSize) {
      this.#wasm.free(this.#output);
      this.#output = this.#outputSize = 0;
      this.#output = this.#allocate(output + 1);
      this.#outputSize = output;
    }
  }

  /** @param {number} size */
  #allocate(size) {
    const pointer = this.#wasm.malloc(size);
    if (pointer === 0) {
      throw new ZstdError(`no memory for ${size} bytes`);
    }
    return pointer >>> 0;
  }
}
