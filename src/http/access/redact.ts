/**
 * For pino's `redact`: where secrets could stand in what the hub logs. Nothing logs them on purpose; this is the second
 * line of defence.
 */
export const redactPaths: readonly string[] = [
  ...["authorization", "cookie", '["x-api-key"]', '["sec-websocket-protocol"]'].flatMap((name) => headerPaths(name)),
  'res.headers["set-cookie"]',
  'headers["set-cookie"]',
  ...["password", "new_password", "current_password", "setup_token", "token", "key", "secret"].flatMap((name) => [
    name,
    `*.${name}`,
    `req.body.${name}`,
  ]),
];

function headerPaths(name: string): string[] {
  const step = name.startsWith("[") ? name : `.${name}`;
  return [`req.headers${step}`, `headers${step}`, `*.headers${step}`];
}
