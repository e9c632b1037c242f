import type { SystemPlan } from './service-environments.js';

/** What a newcomer reads when everything runs: where it is, who can sign in, and three lines to try. */
export function welcome(plan: SystemPlan): string {
  const url = `http://localhost:${plan.ports.gateway}`;
  const lines = [`Wattline is ready: ${url}`];
  if (!plan.demo) return lines.join('\n');
  return [
    ...lines,
    '',
    `  API        ${url}/docs`,
    `  Phones     http://localhost:${plan.simPort}    (every SMS, as it arrives)`,
    '',
    '  Sign in with the password wattline-demo as',
    '    household    +2348010000001',
    '    institution  +2348020000001',
    '    operator     +2348090000001',
    '',
    '  Try it:',
    `    TOKEN=$(curl -s ${url}/api/auth/login -H 'content-type: application/json' -d '{"phone":"+2348010000001","password":"wattline-demo"}' | node -p 'JSON.parse(require("fs").readFileSync(0)).accessToken')`,
    `    BILL=$(curl -s ${url}/api/bills -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' -d '{"amount":50,"dueDate":"2030-01-31"}' | node -p 'JSON.parse(require("fs").readFileSync(0)).id')`,
    `    curl -s -X POST ${url}/api/vend/$BILL/pay -H "authorization: Bearer $TOKEN"; sleep 1; curl -s http://localhost:${plan.simPort}/phones/+2348010000001/messages`,
    '',
    '  Or let it run by itself: npm run demo. Ctrl-C stops everything.',
  ].join('\n');
}
