package io.trunkline.accounts;

import io.trunkline.database.Slice;
import io.trunkline.ids.AccountId;
import io.trunkline.security.Caller;
import io.trunkline.security.Licence;
import io.trunkline.security.Needs;
import io.trunkline.web.Exchange;
import io.trunkline.web.Json;
import io.trunkline.web.Page;
import io.trunkline.web.Refusal;
import java.util.Locale;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Needs(Licence.ACCOUNTS)
class AccountResource {
    private final Accounts accounts;

    AccountResource(Accounts accounts) {
        this.accounts = accounts;
    }

    @GetMapping("/enterprise/accounts")
    ResponseEntity<byte[]> list(Caller caller, Exchange exchange) {
        Account.Status status = exchange.parameters()
                .oneOf("status", "active", "closed")
                .map(text -> Account.Status.valueOf(text.toUpperCase(Locale.ROOT)))
                .orElse(Account.Status.ACTIVE);
        Page page = exchange.page(caller.organization());
        exchange.parameters().check();
        Slice.Rows<Account> rows = accounts.list(caller.organization(), status, page.slice());
        return exchange.list("accounts", page, rows, (Json json, Account account) -> account.write(json));
    }

    @GetMapping("/enterprise/accounts/{id}")
    ResponseEntity<byte[]> get(Caller caller, Exchange exchange, @PathVariable String id) {
        exchange.parameters().check();
        Account account = AccountId.parse(id)
                .flatMap(known -> accounts.find(caller.organization(), known))
                .orElseThrow(Refusal::notFound);
        return exchange.resource(account::write);
    }
}
