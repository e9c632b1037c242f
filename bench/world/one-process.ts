import { startSystem, type SystemPlan } from '#wattline';

// The system map for the benchmark, in a process of its own.
const system = await startSystem(JSON.parse(process.env.BENCH_PLAN ?? '') as SystemPlan, {
  callbacks: false,
});
process.on('SIGTERM', () => void system.close().then(() => process.exit(0)));
process.stdout.write('ready\n');
