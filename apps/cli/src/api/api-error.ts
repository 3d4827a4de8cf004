/** What the client throws: the command tells it to people. */
export { RollcallError as ApiError } from '@rollcall/client';
