/**
 * What Vite needs: 20.19 or later, 22.12 or later; 21 has been out of support for long.
 * @param {string} version as in process.versions.node
 * @returns {string | undefined} a message, or undefined if the version will do
 */
export function nodeVersionProblem(version) {
  const [major, minor] = version.split('.').map(Number);
  const fits = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22;
  return fits
    ? undefined
    : `this is Node ${version}, but Ringbox needs Node 20.19, 22.12 or later.`;
}
