/** The first Ctrl-C (or SIGTERM) drains and stops everything; a second one changes nothing. */
export function stopOnSignals(stop: () => Promise<void>): void {
  let stopping = false;
  const onSignal = () => {
    if (stopping) return;
    stopping = true;
    console.log('Wattline is stopping: what is under way is finished first.');
    stop().then(
      () => {
        console.log('Wattline has stopped.');
        process.exit(0);
      },
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
}
