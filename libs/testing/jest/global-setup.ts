/** Starts what the tests of one run share. */
export default function setup(): Promise<void> {
  return Promise.resolve();
}
