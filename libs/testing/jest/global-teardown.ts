import { endTestRun } from './test-run.js';

/** Jest's global teardown. */
export default endTestRun;
