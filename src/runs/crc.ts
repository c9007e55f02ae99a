/** Cyclic redundancy checks, bytewise by table: CRC-32 (zip, PNG) for step records, CRC-32C for TensorBoard. */
function tableOf(reversedPolynomial: number): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let c = byte;
    for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ reversedPolynomial : c >>> 1;
    return c >>> 0;
  });
}

function checksum(table: Uint32Array, bytes: Uint8Array): number {
  let c = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) c = table[(c ^ bytes[i]) & 255] ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

const table32 = tableOf(0xedb88320);
const table32c = tableOf(0x82f63b78);

export const crc32 = (bytes: Uint8Array): number => checksum(table32, bytes);
export const crc32c = (bytes: Uint8Array): number => checksum(table32c, bytes);
