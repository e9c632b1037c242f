import { existsSync } from 'node:fs';

// Settings may stand in a file `.env` of the folder where Wattline is started; the environment wins.
if (existsSync('.env')) process.loadEnvFile('.env');
