/** What is used here of libjpeg-turbo compiled to JavaScript; the package comes without types. */
declare module '@cornerstonejs/codec-libjpeg-turbo-8bit/decode' {
  export interface Decoder {
    /** The buffer to put the file's bytes in. */
    getEncodedBuffer(length: number): Uint8Array;
    /** Throws a number (the address of a C++ exception) where the file is broken. */
    decode(): void;
    getFrameInfo(): { readonly width: number; readonly height: number; readonly componentCount: number };
    /** Rows of interleaved samples; valid until the next call. */
    getDecodedBuffer(): Uint8Array;
    delete(): void;
  }
  export interface Codec {
    readonly JPEGDecoder: new () => Decoder;
  }
  export default function load(options: {
    print?: (line: string) => void;
    printErr?: (line: string) => void;
  }): Promise<Codec>;
}
