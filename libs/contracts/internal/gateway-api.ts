/** `POST /internal/users/find` finds a person by phone or id; 404 when there is none. */
export interface FindUser {
  phone?: string;
  userId?: string;
}

export interface FoundUser {
  userId: string;
  maskedName: string;
}
