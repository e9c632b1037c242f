import { BrokenMessage } from './values.js';

const LENGTH_BYTES = 4;
const MOST_BYTES = 1024 * 1024;

/** Cuts what arrives, in whatever pieces, into frames. */
export class Frames {
  private rest = Buffer.alloc(0);

  /** The frames that are complete now. Throws BrokenMessage where no frame can be. */
  add(bytes: Buffer): Buffer[] {
    this.rest = Buffer.concat([this.rest, bytes]);
    const complete: Buffer[] = [];
    while (this.rest.length >= LENGTH_BYTES) {
      const length = this.rest.readUInt32BE();
      if (length > MOST_BYTES) throw new BrokenMessage('too long a frame');
      if (this.rest.length < LENGTH_BYTES + length) break;
      complete.push(this.rest.subarray(LENGTH_BYTES, LENGTH_BYTES + length));
      this.rest = this.rest.subarray(LENGTH_BYTES + length);
    }
    return complete;
  }
}
