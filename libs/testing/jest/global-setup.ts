import { startTestRun } from './test-run.js';

/** Jest's global setup: one PostgreSQL and one RabbitMQ for all tests of the run. */
export default startTestRun;
