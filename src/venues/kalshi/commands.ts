/** Sends a command and gives its id; undefined when the connection is not up. */
export type SendCommand = (cmd: string, params: Readonly<Record<string, unknown>>) => number | undefined;

/** Numbers the commands of one connection. Ids go on over reconnects, so that a late answer is never taken for another. */
export function commandSender(send: (text: string) => boolean): SendCommand {
  let id = 0;
  return (cmd, params) => (send(JSON.stringify({ id: ++id, cmd, params })) ? id : undefined);
}
