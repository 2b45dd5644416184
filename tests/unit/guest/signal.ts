/** A promise and the function that keeps it: `Promise.withResolvers` is too new for Node 20. */
export function makeSignal(): { given: Promise<void>; give: () => void } {
  let give = () => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give };
}
