package io.trunkline.sms;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.trunkline.network.smsc.Smsc;
import io.trunkline.network.smsc.Smscs;
import org.springframework.stereotype.Component;

/** What this server does with texts. */
@Component
class SmsMeters {
    private static final String SMSC = "smsc";

    private final MeterRegistry meters;

    SmsMeters(MeterRegistry meters, Smscs smscs) {
        this.meters = meters;
        for (Smsc smsc : smscs.all()) {
            Gauge.builder("trunkline.sms.binds", smsc, Smsc::up)
                    .description("Binds that are up")
                    .tag(SMSC, smsc.name())
                    .register(meters);
        }
    }

    /** @param outcome {@code accepted}, {@code rejected}, {@code for_now}, {@code unknown} */
    void submitted(String smsc, String outcome) {
        Counter.builder("trunkline.sms.submissions")
                .description("Submissions to SMSCs, and how they ended")
                .tag(SMSC, smsc)
                .tag("outcome", outcome)
                .register(meters)
                .increment();
    }

    /** What nobody knows was sent is sent again, or given up, as the policy says. */
    void inDoubt(String smsc, SmsSettings.Policy policy) {
        Counter.builder("trunkline.sms.in.doubt")
                .description("Recipients of whom it was not known whether they had been sent to, by what was done")
                .tag(SMSC, smsc)
                .tag("done", policy == SmsSettings.Policy.AT_LEAST_ONCE ? "sent_again" : "given_up")
                .register(meters)
                .increment();
    }

    void received(String smsc, String what) {
        Counter.builder("trunkline.sms.received")
                .description("Receipts and texts that SMSCs have handed over")
                .tag(SMSC, smsc)
                .tag("what", what)
                .register(meters)
                .increment();
    }
}
