export default async function end() {
  const { default: teardown } = await import('../dist/libs/testing/jest/global-teardown.js');
  await teardown();
}
