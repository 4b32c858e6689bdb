import type { DeskEvent } from "../protocol/event-types.ts";

/** Whether the hub itself read it at a venue: it says nothing of whether the bot lives. Nobody else may say so. */
export const isReadByHub = (event: DeskEvent): boolean => "read_by" in event && event.read_by === "hub";
