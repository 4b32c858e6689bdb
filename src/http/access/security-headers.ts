import helmet from "@fastify/helmet";
import type { FastifyInstance } from "fastify";

export interface SecurityHeadersOptions {
  /** True when the hub is visited by https only: then browsers are told never to use http (HSTS). */
  readonly https: boolean;
}

/**
 * The headers of every answer. Scripts, styles and connections (`'self'` covers ws and wss to the same host) come from
 * the hub alone; nobody frames it; nobody embeds its answers. `Referrer-Policy` is `same-origin` and not `no-referrer`,
 * which would turn the `Origin` of our own forms into `null`.
 */
export async function registerSecurityHeaders(app: FastifyInstance, { https }: SecurityHeadersOptions): Promise<void> {
  await app.register(helmet, {
    global: true,
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        connectSrc: ["'self'"],
        imgSrc: ["'self'", "data:"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: https ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    referrerPolicy: { policy: "same-origin" },
    crossOriginResourcePolicy: { policy: "same-origin" },
    crossOriginOpenerPolicy: { policy: "same-origin" },
    xFrameOptions: { action: "deny" },
    xPoweredBy: false,
  });
}
