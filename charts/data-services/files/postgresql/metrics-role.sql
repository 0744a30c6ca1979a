-- The role that Prometheus' exporter asks with: statistics and settings, no table of anybody.
-- Neither a statement with a password nor an error that quotes it reaches the server's log.
SET log_statement = 'none';
SET log_min_duration_statement = -1;
SET log_min_error_statement = 'panic';
-- That a role already has what it is granted is no news.
SET client_min_messages = 'warning';
\getenv password ROLE_PASSWORD

SELECT format('CREATE ROLE %I', :'role')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \gexec
ALTER ROLE :"role" WITH LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
  CONNECTION LIMIT :connections PASSWORD :'password';
ALTER ROLE :"role" SET default_transaction_read_only = on;
ALTER ROLE :"role" SET statement_timeout = '10s';
GRANT pg_monitor TO :"role";
GRANT CONNECT ON DATABASE postgres TO :"role";
