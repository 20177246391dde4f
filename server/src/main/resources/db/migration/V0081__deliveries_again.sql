-- The history of a line's deliveries, newest first.
CREATE INDEX deliveries_by_subscription ON deliveries (organization_id, subscription_id, id DESC);

-- A request puts a mail before what is left to do of an order that is completed.
GRANT SELECT ON order_work TO ${requests};
GRANT UPDATE (step, neighbour, lease, attempt, in_doubt, due_at, deadline) ON order_work TO ${requests};
GRANT UPDATE (state, refused_recipients, failure_code, sealed_detail, sealed_progress, updated_at) ON deliveries
    TO ${requests};
GRANT UPDATE (milestones, updated_at) ON orders TO ${requests};
