/** Types of `writeNotices.mjs`, for tests written in TypeScript. */
export function shippedPackages(): { name: string; place: string; version: string }[];
export function notices(): string;
