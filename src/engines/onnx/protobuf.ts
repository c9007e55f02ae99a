/**
 * Writes the protobuf wire format: varints, length-delimited fields, packed numbers. Enough for ONNX files, and
 * far quicker than a general library for graphs of tens of thousands of nodes. Reading is left out.
 */
const encoder = new TextEncoder();

/** Writers for messages inside messages: a deep graph has hundreds of thousands, each open for a moment. */
const spare: MessageWriter[] = [];

export class MessageWriter {
  private bytes = new Uint8Array(256);
  private length = 0;

  /** The message's own bytes, as long as nothing more is written. */
  finish(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  /** A message by itself: the bytes that `write` writes. */
  static bytesOf(write: (message: MessageWriter) => void): Uint8Array {
    const writer = spare.pop() ?? new MessageWriter();
    write(writer);
    const bytes = writer.bytes.slice(0, writer.length);
    writer.giveBack();
    return bytes;
  }

  /** A non-negative or negative integer field (wire type 0; negatives take ten bytes, as protobuf has it). */
  int(field: number, value: number | bigint): this {
    this.varint(field * 8);
    return this.varint(value);
  }

  float(field: number, value: number): this {
    this.varint(field * 8 + 5);
    this.reserve(4);
    new DataView(this.bytes.buffer, this.bytes.byteOffset).setFloat32(this.length, value, true);
    this.length += 4;
    return this;
  }

  text(field: number, value: string): this {
    if (value.length > 127) return this.blob(field, encoder.encode(value));
    // Names are short and plain: written as they are read, and anew where a letter is not.
    const start = this.length;
    this.varint(field * 8 + 2);
    this.reserve(value.length + 1);
    this.bytes[this.length++] = value.length;
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i);
      if (code > 127) {
        this.length = start;
        return this.blob(field, encoder.encode(value));
      }
      this.bytes[this.length++] = code;
    }
    return this;
  }

  blob(field: number, value: Uint8Array): this {
    this.varint(field * 8 + 2);
    this.varint(value.length);
    this.reserve(value.length);
    this.bytes.set(value, this.length);
    this.length += value.length;
    return this;
  }

  message(field: number, write: (inner: MessageWriter) => void): this {
    const inner = spare.pop() ?? new MessageWriter();
    write(inner);
    this.blob(field, inner.finish());
    inner.giveBack();
    return this;
  }

  private giveBack(): void {
    this.length = 0;
    if (this.bytes.length <= 1 << 16) spare.push(this);
  }

  private varint(value: number | bigint): this {
    if (typeof value === 'number' && value >= 0 && value <= 0x7fffffff) {
      this.reserve(5);
      let rest = value;
      while (rest > 127) {
        this.bytes[this.length++] = (rest & 127) | 128;
        rest >>>= 7;
      }
      this.bytes[this.length++] = rest;
      return this;
    }
    this.reserve(10);
    let rest = BigInt.asUintN(64, BigInt(value));
    while (rest > 127n) {
      this.bytes[this.length++] = Number(rest & 127n) | 128;
      rest >>= 7n;
    }
    this.bytes[this.length++] = Number(rest);
    return this;
  }

  private reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.length + count));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }
}
