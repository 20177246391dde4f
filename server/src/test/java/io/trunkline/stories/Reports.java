package io.trunkline.stories;

/** Delivery status notifications (RFC 3464) as somebody else might write them. */
final class Reports {
    private Reports() {}

    /** @param original empty: not told */
    static String failed(String returns, String recipient, String original) {
        return """
                From: Mail Delivery System <mailer-daemon@mx.example>
                To: %s
                Subject: failure notice
                MIME-Version: 1.0
                Content-Type: multipart/report; boundary="b1"; report-type="delivery-status"

                --b1
                Content-Type: text/plain

                Sorry.
                --b1
                Content-Type: message/delivery-status

                Reporting-MTA: dns; mx.example
                X-Note: %s

                Final-Recipient: rfc822; %s
                Original-Recipient: rfc822; %s
                Action: failed
                Status: 5.7.1
                Diagnostic-Code: smtp; 550 5.7.1
                 not wanted
                --b1--
                """.formatted(returns, "none", recipient, original).replace("Original-Recipient: rfc822; \n", "");
    }
}
