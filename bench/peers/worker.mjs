// The process that moves the money; started by run-peer.mjs.
const peer = await import(`./${process.argv[2]}.mjs`);
const worker = await peer.startWorker();
process.on('message', () => void worker.close().then(() => process.exit(0)));
process.send('ready');
