/**
 * Writes the protobuf wire format: varints, length-delimited fields, packed numbers. Enough for ONNX files, and
 * far quicker than a general library for graphs of tens of thousands of nodes. Reading is left out.
 */
const encoder = new TextEncoder();

export class MessageWriter {
  private bytes = new Uint8Array(256);
  private length = 0;

  finish(): Uint8Array {
    return this.bytes.subarray(0, this.length);
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
    return this.blob(field, encoder.encode(value));
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
    const inner = new MessageWriter();
    write(inner);
    return this.blob(field, inner.finish());
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
