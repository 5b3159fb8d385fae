declare module "node-gyp-build" {
  const load: {
    /** The addon's file for this platform under `directory`; throws if there is none. */
    path(directory: string): string;
  };
  export default load;
}
