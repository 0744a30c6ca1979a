-- The role that dumps: reads everything, writes nothing.
-- Neither a statement with a password nor an error that quotes it reaches the server's log.
SET log_statement = 'none';
SET log_min_duration_statement = -1;
SET log_min_error_statement = 'panic';
-- That a role already has what it is granted is no news.
SET client_min_messages = 'warning';
\getenv password ROLE_PASSWORD

SELECT format('CREATE ROLE %I', :'role')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \gexec
-- A dump with row security on would lack rows, or fail: pg_dump refuses it.
ALTER ROLE :"role" WITH LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION BYPASSRLS
  CONNECTION LIMIT :connections PASSWORD :'password';
ALTER ROLE :"role" SET default_transaction_read_only = on;
GRANT pg_read_all_data TO :"role";

REVOKE ALL ON DATABASE postgres FROM PUBLIC;
GRANT CONNECT ON DATABASE postgres TO :"role";
