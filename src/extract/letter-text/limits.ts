/** What one document may cost. A document that would cost more is set aside, and the others go on. */
export interface DocumentLimits {
  /** Largest file, in bytes; decided before a byte is read. Also the most text that a document may give. */
  bytes: number;
  /**
   * Longest time that a processor may work on one document, in milliseconds: whether a document is read hangs on the document, not
   * on what else the machine does. Where the system does not tell, time that passes.
   */
  milliseconds: number;
  /** JavaScript heap of a reader process, in MiB. */
  heapMebibytes: number;
  /** Resident memory of a reader process, in MiB: inflated streams lie outside the heap. */
  residentMebibytes: number;
  /** Most bytes that the parts of a .docx may unpack to. */
  unpackedBytes: number;
}

/** 25 MB, 10 s, 256 MiB of heap, 512 MiB in all, 100 MB unpacked. */
export const DEFAULT_LIMITS: DocumentLimits = Object.freeze({
  bytes: 25_000_000,
  milliseconds: 10_000,
  heapMebibytes: 256,
  residentMebibytes: 512,
  unpackedBytes: 100_000_000,
});
