CREATE TABLE IF NOT EXISTS readings (
  delivery_id text PRIMARY KEY,
  sensor text NOT NULL,
  kind text NOT NULL,
  at timestamptz NOT NULL,
  value double precision NOT NULL,
  received_at timestamptz NOT NULL
);
