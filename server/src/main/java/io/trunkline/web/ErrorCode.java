package io.trunkline.web;

import java.util.Locale;

/**
 * Every way in which a request can be turned away. The name in lower case is the {@code code} of the problem, stable
 * and machine readable; {@code {public URL}/errors/{code}}, its {@code type}, serves the explanation.
 */
public enum ErrorCode {
    INVALID_REQUEST(
            400,
            "The request is not valid",
            "One or more values of the request break a rule. `errors` lists all of them: each with its place (a JSON"
                    + " `pointer` into the body, the name of a query `parameter`, or of a `header`), a code, and what"
                    + " came and what was expected."),
    MALFORMED_JSON(
            400,
            "The body is not JSON",
            "The body could not be read as one JSON value without duplicate keys. `detail` tells line and column."),
    MALFORMED_CSV(
            400,
            "The body is not CSV",
            "The body could not be read as comma-separated values in UTF-8 (RFC 4180) below one line of column names."
                    + " `detail` tells the line."),
    UNAUTHORIZED(
            401,
            "An access token is needed",
            "Send `Authorization: Bearer …` with a token of the token endpoint that has not expired. Tokens live for"
                    + " 300 seconds."),
    INVALID_TOKEN(
            401,
            "The access token does not hold",
            "The token is expired, of another issuer, signed with an unknown or retired key, or its client or"
                    + " organization may no longer act. Ask for a new one."),
    MISSING_LICENCE(
            403,
            "The licence is missing",
            "This operation needs a licence that the token does not carry. `detail` names it. A token without `scope`"
                    + " in its request carries all licences of the client."),
    SENDER_NOT_AUTHORIZED(
            403,
            "The number may not send messages",
            "Messages are sent from numbers of the organization's own active subscriptions that were ordered with"
                    + " messaging. `detail` says what is missing where the number is one of them."),
    NOT_FOUND(404, "There is no such resource", "The path names nothing that this token's organization can see."),
    METHOD_NOT_ALLOWED(405, "The method is not allowed here", "The `Allow` header lists the methods of this resource."),
    NOT_ACCEPTABLE(
            406,
            "No such representation",
            "None of the media types in `Accept` can be answered. `detail` lists those that can."),
    ORDER_IN_FLIGHT(
            409,
            "Another order is in flight",
            "A subscription has one order in flight at a time. The link `order` leads to it: wait, or cancel it."),
    SUBSCRIPTION_STATE_CONFLICT(
            409,
            "The subscription is in another state",
            "An order of this type needs its subscription in another state than it is in; `detail` tells both."),
    ORDER_NOT_CANCELABLE(
            409,
            "The order cannot be canceled",
            "The order is completed: what it did is undone by another order, not by canceling this one."),
    NOT_RELEASED(
            409,
            "The profile is not released yet",
            "The activation code exists once the SM-DP+ has released the profile: when its order is completed."),
    SMS_NOT_SCHEDULED(
            409,
            "The message is not waiting for its time",
            "Only a message with a `send_at` in the future can be canceled: this one is being sent, or has been."),
    PROFILE_NOT_DELIVERABLE(
            409,
            "The profile cannot be delivered again",
            "An activation code works once, and by push a profile is announced when it is released. When it is"
                    + " installed, deleted or failed, order a new profile by `change_sim_profile`."),
    EXPORT_NOT_READY(
            409,
            "The export is not ready",
            "Its file can be downloaded once its `status` is `ready`. Where it has failed, `error` says why: ask for a"
                    + " new one."),
    TOO_MANY_EXPORTS(
            409,
            "There are too many exports",
            "An organization has a set number of exports that are being made or can be downloaded. Delete one, or wait"
                    + " until one has expired."),
    IDEMPOTENCY_IN_PROGRESS(
            409,
            "The first request with this key is still running",
            "Another request with the same `Idempotency-Key` has not been answered yet. Send it again shortly."),
    GONE(
            410,
            "The profile is installed or deleted",
            "An activation code works once. When the profile is installed or deleted it is no longer shown."),
    EXPORT_EXPIRED(
            410,
            "The export has expired",
            "The file of an export is kept until its `expires_at`, or until it is deleted. Ask for the same again: with"
                    + " its `as_of`, an export of closed months is the same file."),
    PRECONDITION_FAILED(
            412,
            "The resource is not as expected",
            "`If-Match` names an entity tag that the resource no longer has: somebody changed it since. Read it again,"
                    + " and send the change with the new `ETag`."),
    CONTENT_TOO_LARGE(413, "The body is too large", "A body may have at most 1 MB."),
    UNSUPPORTED_MEDIA_TYPE(
            415,
            "The media type of the body is not supported",
            "Send `Content-Type: application/json`, or what `Accept` or `Accept-Patch` tells."),
    IDEMPOTENCY_MISMATCH(
            422,
            "The key was used for another request",
            "The same `Idempotency-Key` came with another body within 24 hours. Use a new key for a new request."),
    TOO_MANY_REQUESTS(429, "Too many requests", "Wait as long as `Retry-After` tells, in seconds."),
    HEADERS_TOO_LARGE(431, "The header fields are too large", "All header fields together may have at most 16 kB."),
    INTERNAL(
            500,
            "The server failed",
            "A defect on our side. Nothing of the request was kept. Tell the operator the `correlation_id`."),
    UNAVAILABLE(
            503,
            "Not available at the moment",
            "Something that the server needs is being restarted. Send the request again after `Retry-After` seconds, a"
                    + " POST under the same `Idempotency-Key`: what was kept of it after all is then not made twice.");

    private final int status;
    private final String title;
    private final String explanation;

    ErrorCode(int status, String title, String explanation) {
        this.status = status;
        this.title = title;
        this.explanation = explanation;
    }

    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    public int status() {
        return status;
    }

    public String title() {
        return title;
    }

    public String explanation() {
        return explanation;
    }
}
