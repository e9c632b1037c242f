export { Frames } from './frames.js';
export { readMessage } from './read-message.js';
export * from './values.js';
export { writeMessage } from './write-message.js';
