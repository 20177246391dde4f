package io.trunkline.sms;

import io.trunkline.database.Database;
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
class OptOutResource {
    private final Database database;

    OptOutResource(Database database) {
        this.database = database;
    }

    @GetMapping(Sms.PATH + "/opt-outs")
    ResponseEntity<byte[]> list(Caller caller, Exchange exchange) {
        Parameters parameters = exchange.parameters();
        Optional<Msisdn> from = parameters.matching("from", SmsRequest.NUMBER, Msisdn::parse);
        Optional<Msisdn> to = parameters.matching("to", SmsRequest.NUMBER, Msisdn::parse);
        Page page = exchange.page(caller.organization());
        parameters.check();
        Slice.Rows<OptOut> rows =
                OptOut.list(database.of(caller.organization()), caller.organization(), from, to, page.slice());
        return exchange.list("opt_outs", page, rows, (Json json, OptOut one) -> one.write(json));
    }
}
