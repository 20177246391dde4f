package io.trunkline.sms;

import io.trunkline.database.Slice;
import io.trunkline.ids.Msisdn;
import io.trunkline.security.Caller;
import io.trunkline.security.Licence;
import io.trunkline.security.Needs;
import io.trunkline.web.Exchange;
import io.trunkline.web.Json;
import io.trunkline.web.Page;
import io.trunkline.web.Parameters;
import java.util.Optional;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Needs(Licence.MESSAGES)
class InboundTextResource {
    private final InboundTexts texts;

    InboundTextResource(InboundTexts texts) {
        this.texts = texts;
    }

    @GetMapping(Sms.PATH + "/inbound")
    ResponseEntity<byte[]> list(Caller caller, Exchange exchange) {
        Parameters parameters = exchange.parameters();
        Optional<Msisdn> to = parameters.matching("to", SmsRequest.NUMBER, Msisdn::parse);
        Page page = exchange.page(caller.organization());
        parameters.check();
        Slice.Rows<InboundText> rows = texts.list(caller.organization(), to, page.slice());
        return exchange.list("messages", page, rows, (Json json, InboundText text) -> text.write(json));
    }
}
