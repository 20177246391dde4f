package io.trunkline.stories;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import generated.trunkline.ApiClient;
import generated.trunkline.ApiException;
import generated.trunkline.api.AccountsApi;
import generated.trunkline.api.IdentityApi;
import generated.trunkline.api.OrdersApi;
import generated.trunkline.api.SubscribersApi;
import generated.trunkline.api.SubscriptionsApi;
import generated.trunkline.api.UsageApi;
import generated.trunkline.model.Account;
import generated.trunkline.model.AccountPage;
import generated.trunkline.model.ActivateSubscription;
import generated.trunkline.model.ActivateSubscriptionSubscriber;
import generated.trunkline.model.DeliveryByApi;
import generated.trunkline.model.DeliveryRequest;
import generated.trunkline.model.Link;
import generated.trunkline.model.NewPerson;
import generated.trunkline.model.NewSimProfile;
import generated.trunkline.model.Order;
import generated.trunkline.model.OrderRequest;
import generated.trunkline.model.SimType;
import generated.trunkline.model.Subscriber;
import generated.trunkline.model.SubscriberPatch;
import generated.trunkline.model.Subscription;
import generated.trunkline.model.Token;
import generated.trunkline.model.UsageItem;
import generated.trunkline.model.UsageItemPage;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** The API through the client that openapi-generator makes of the description, as it comes out. */
@Tag("database")
@Tag("neighbours")
@ExtendWith(SharedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GeneratedClientTest {
    private static final Pattern CURSOR = Pattern.compile("[?&]cursor=([^&]+)");

    private World world;
    private ApiClient client;

    @BeforeAll
    void getToken(RunningServer server) throws ApiException {
        world = server.world("generated").stock(2);
        new Population(world, 11).grow(15);
        client = new ApiClient();
        client.updateBaseUri(server.url());
        Token token =
                new IdentityApi(client).getToken("client_credentials", null, world.clientId(), world.secret(), null);
        assertThat(token.getExpiresIn()).isEqualTo(300);
        client.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + token.getAccessToken()));
    }

    private static @Nullable String cursor(@Nullable Link next) {
        if (next == null) {
            return null;
        }
        Matcher matcher = CURSOR.matcher(next.getHref().toString());
        assertThat(matcher.find()).isTrue();
        return matcher.group(1);
    }

    @Test
    void itWalksAccountsPageByPage() throws ApiException {
        var api = new AccountsApi(client);
        var seen = new ArrayList<String>();
        String cursor = null;
        do {
            AccountPage page = api.listAccounts("active", 3, cursor, null);
            page.getEmbedded().getAccounts().stream().map(Account::getId).forEach(seen::add);
            assertThat(page.getLinks()).isNotNull();
            cursor = cursor(page.getLinks().getNext());
        } while (cursor != null);

        assertThat(seen).doesNotHaveDuplicates().hasSizeGreaterThan(3);
        assertThat(seen).isEqualTo(Lists.ids(Lists.all(world.api(), "/enterprise/accounts?limit=100&status=active")));
        assertThat(api.getAccount(seen.getFirst(), null, null, null).getReferenceCode())
                .isNotBlank();
    }

    @Test
    void itPlacesAnOrderAndSeesItCompleted() throws ApiException {
        var orders = new OrdersApi(client);
        Order placed = orders.placeOrder(order("ada@generated.example"), "generated-1", null, "generated-correlation");
        Order again = orders.placeOrder(order("ada@generated.example"), "generated-1", null, null);
        assertThat(again).isEqualTo(placed);
        assertThat(placed.getStatus()).isEqualTo(Order.StatusEnum.PENDING);

        world.api().awaitOrder("/enterprise/orders/" + placed.getId());
        Order completed = orders.getOrder(placed.getId(), null, null, null);
        assertThat(completed.getStatus()).isEqualTo(Order.StatusEnum.COMPLETED);
        assertThat(completed.getSimProfile().getIccid()).isNotBlank();
        assertThat(completed.getPhoneNumbers()).hasSize(1);
        assertThat(completed.getLinks().getSubscription()).isNotNull();

        Subscription subscription = new SubscriptionsApi(client)
                .getSubscription(placed.getSubscriptionId(), "transclude=\"subscriber;sim_profile\"", null, null, null);
        assertThat(subscription.getStatus()).isEqualTo(Subscription.StatusEnum.ACTIVE);
        assertThat(subscription.getEmbedded()).isNotNull();
        assertThat(subscription.getEmbedded().getSubscriber()).isNotNull();
        assertThat(subscription.getEmbedded().getSubscriber().getEmail()).isEqualTo("ada@generated.example");

        Subscriber changed = new SubscribersApi(client)
                .changeSubscriber(
                        placed.getSubscriber().getId(), new SubscriberPatch().group("Analysis"), null, null, null);
        assertThat(changed.getGroup()).isEqualTo("Analysis");
        assertThat(changed.getFirstName()).isEqualTo("Ada");
    }

    private OrderRequest order(String address) {
        return new OrderRequest(new ActivateSubscription()
                .type(ActivateSubscription.TypeEnum.ACTIVATE_SUBSCRIPTION)
                .accountId(world.account().text())
                .subscriber(new ActivateSubscriptionSubscriber(
                        new NewPerson().firstName("Ada").lastName("King").email(address)))
                .simProfile(new NewSimProfile()
                        .simType(SimType.ESIM)
                        .delivery(new DeliveryRequest(new DeliveryByApi().type(DeliveryByApi.TypeEnum.API)))));
    }

    @Test
    void itReadsUsage() throws ApiException {
        var api = new UsageApi(client);
        var seen = new ArrayList<String>();
        String cursor = null;
        do {
            UsageItemPage page = api.listUsageItems(
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    List.of("voice", "sms"),
                    null,
                    null,
                    null,
                    4,
                    cursor,
                    null,
                    null);
            for (UsageItem item : page.getEmbedded().getItems()) {
                seen.add(item.getId());
                assertThat(item.getType()).isNotEqualTo(UsageItem.TypeEnum.DATA);
                assertThat(item.getCost()).isNotNull();
            }
            assertThat(page.getLinks()).isNotNull();
            cursor = cursor(page.getLinks().getNext());
        } while (cursor != null);

        assertThat(seen).isNotEmpty();
        assertThat(seen)
                .isEqualTo(Lists.ids(Lists.all(world.api(), "/enterprise/usage/items?type=voice,sms&limit=100")));
    }

    @Test
    void aRefusalIsAnException() {
        ApiException refused = catchThrowableOfType(
                ApiException.class,
                () -> new AccountsApi(client).getAccount("acc_00000000000000000000000000", null, null, null));
        assertThat(refused.getCode()).isEqualTo(404);
        assertThat(refused.getResponseBody()).contains("\"code\":\"not_found\"");
    }
}
