/** `POST /internal/users/find`, gathered: each question finds a person by phone or id; not_found when there is none. */
export interface FindUser {
  phone?: string;
  userId?: string;
}

export interface FoundUser {
  userId: string;
  maskedName: string;
}

/** `POST /internal/users/contact-keys`, for notification alone: what opens the sealed contacts of these people. */
export interface AskContactKeys {
  userIds: string[];
}

export interface ContactKeys {
  /** By user id; without those who have no account any more. */
  keys: Record<string, string>;
}
