// The entry that Pulumi's language host loads. It has to be JavaScript that works by itself: the
// host's own TypeScript support differs by its version.
if (!process.features.typescript) {
  const { register } = await import('tsx/esm/api');
  register();
}
const { default: program } = await import('./index.ts');

export default program;
