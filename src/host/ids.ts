/** Names by which manifest and code know each other. */
export const inspectorViewType = 'skiplens.inspector';
export const runsView = 'skiplens.runs';
export const settingsFilePattern = '*.skiplens.json';
export const walkthroughId = 'start';
