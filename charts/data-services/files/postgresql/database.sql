-- One application: a role, and the database of the same name that it owns.
-- Neither a statement with a password nor an error that quotes it reaches the server's log.
SET log_statement = 'none';
SET log_min_duration_statement = -1;
SET log_min_error_statement = 'panic';
-- That a role already has what it is granted is no news.
SET client_min_messages = 'warning';
\getenv password ROLE_PASSWORD

SELECT format('CREATE ROLE %I', :'role')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \gexec
-- The password is set each time: a renewed Secret holds from the next run on.
ALTER ROLE :"role" WITH LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
  CONNECTION LIMIT :connections PASSWORD :'password';

SELECT format('CREATE DATABASE %I OWNER %I', :'role', :'role')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'role') \gexec
ALTER DATABASE :"role" OWNER TO :"role";
REVOKE ALL ON DATABASE :"role" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"role" TO backup;
ALTER ROLE :"role" IN DATABASE :"role" SET statement_timeout = :'timeout';

-- pg_database_owner is whoever owns the database: PostgreSQL's default since 15, restored if it was changed.
\connect :"role"
ALTER SCHEMA public OWNER TO pg_database_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
