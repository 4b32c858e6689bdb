/**
 * Who may do what: each access that a route can ask for, and every caller there is. A person or key comes from beyond
 * loopback; `loopback` is a program on the hub's machine without a key, `untrusted` the same where nothing is trusted,
 * `local` the command line there; `stranger` has nothing. The last five are keys, each with that one scope.
 */
export const WHO_MAY = `
            stranger untrusted loopback viewer operator owner local ingest read metrics control
public      yes      yes       yes      yes    yes      yes   yes   yes    yes  yes     yes
read        .        .         yes      yes    yes      yes   yes   .      yes  .       .
metrics     .        .         yes      yes    yes      yes   yes   .      .    yes     .
ingest      .        .         yes      .      yes      yes   yes   yes    .    .       .
control     .        .         .        .      yes      yes   yes   .      .    .       yes
account     .        .         .        yes    yes      yes   .     .      .    .       .
operator    .        .         .        .      yes      yes   yes   .      .    .       .
owner       .        .         .        .      .        yes   yes   .      .    .       .
desk-side   .        .         .        .      yes      yes   yes   .      .    .       .
`;

/**
 * What each route asks for. Every other `GET` is a read; any other route that is not here fails the test, and so does one
 * that is here and is not served.
 */
export const ROUTES = `
public     GET    /healthz
public     GET    /readyz
public     GET    /api/v1/access
public     POST   /api/v1/setup
public     POST   /api/v1/invitations/accept
public     POST   /api/auth/sign-in/email
public     POST   /api/auth/sign-in/second-factor
public     POST   /api/auth/sign-out
public     GET    /api/auth/get-session

metrics    GET    /metrics

ingest     POST   /api/v1/events
ingest     POST   /api/v1/trades
ingest     POST   /api/edges
ingest     POST   /api/fills
ingest     POST   /api/v1/imports
ingest     GET    /api/v1/commands
ingest     POST   /api/v1/commands/{command_id}/ack
ingest     GET    /api/v1/link

control    POST   /api/v1/controls
control    POST   /api/v1/controls/preview
control    POST   /api/v1/halt-rules
control    PUT    /api/v1/halt-rules/{name}
control    DELETE /api/v1/halt-rules/{name}

account    GET    /api/v1/account
account    DELETE /api/v1/account/sessions
account    DELETE /api/v1/account/sessions/{session_id}
account    POST   /api/v1/account/second-factor
account    POST   /api/v1/account/second-factor/confirm
account    POST   /api/v1/account/second-factor/disable
account    POST   /api/v1/account/recovery-codes
account    POST   /api/auth/change-password

operator   GET    /api/v1/audit

owner      GET    /api/v1/users
owner      POST   /api/v1/users
owner      PATCH  /api/v1/users/{user_id}
owner      DELETE /api/v1/users/{user_id}
owner      POST   /api/v1/users/{user_id}/invitation
owner      DELETE /api/v1/users/{user_id}/second-factor
owner      GET    /api/v1/users/{user_id}/sessions
owner      DELETE /api/v1/users/{user_id}/sessions
owner      DELETE /api/v1/users/{user_id}/sessions/{session_id}
owner      GET    /api/v1/keys
owner      POST   /api/v1/keys
owner      DELETE /api/v1/keys/{prefix}

desk-side  POST   /api/v1/demo

read       POST   /api/v1/replays
read       POST   /api/v1/replays/{replay_id}/control
read       DELETE /api/v1/replays/{replay_id}
`;
