# The store as one would write it by hand for OpenTofu. `npm run bench -- up` times it against the kit.

terraform {
  required_providers {
    docker = { source = "kreuzwerker/docker" }
    random = { source = "hashicorp/random" }
  }
}

variable "name" { type = string }
variable "port" { type = number }
variable "images" { type = map(string) }
variable "labels" { type = map(string) }
variable "env" { type = map(string) }

resource "random_password" "secret" {
  for_each = toset(["database", "redis", "jwt", "cookie"])
  length   = 64
  special  = false
}

locals {
  secret = { for name, password in random_password.secret : name => password.result }
  database_url = "postgres://postgres:${local.secret.database}@database/medusa"
  store = merge(var.env, {
    DATABASE_URL  = local.database_url
    REDIS_URL     = "redis://:${local.secret.redis}@redis"
    JWT_SECRET    = local.secret.jwt
    COOKIE_SECRET = local.secret.cookie
  })
}

resource "docker_network" "shop" {
  name = var.name
  dynamic "labels" {
    for_each = var.labels
    content {
      label = labels.key
      value = labels.value
    }
  }
}

resource "docker_volume" "data" {
  for_each = toset(["database", "redis", "uploads", "edge"])
  name     = "${var.name}-${each.key}"
  dynamic "labels" {
    for_each = var.labels
    content {
      label = labels.key
      value = labels.value
    }
  }
}

resource "docker_image" "backend" {
  name         = var.images.backend
  keep_locally = true
}

resource "docker_container" "database" {
  name    = "${var.name}-database"
  image   = var.images.postgres
  env     = ["POSTGRES_DB=medusa", "POSTGRES_PASSWORD=${local.secret.database}", "PGDATA=/var/lib/postgresql/data/pgdata"]
  restart = "unless-stopped"
  memory  = 1024
  wait    = true
  healthcheck {
    test     = ["CMD", "pg_isready", "-q", "-h", "127.0.0.1"]
    interval = "5s"
    retries  = 30
  }
  networks_advanced {
    name    = docker_network.shop.id
    aliases = ["database"]
  }
  volumes {
    volume_name    = docker_volume.data["database"].name
    container_path = "/var/lib/postgresql/data"
  }
  dynamic "labels" {
    for_each = var.labels
    content {
      label = labels.key
      value = labels.value
    }
  }
}

resource "docker_container" "redis" {
  name       = "${var.name}-redis"
  image      = var.images.redis
  entrypoint = ["redis-server"]
  command    = ["--requirepass", local.secret.redis, "--appendonly", "yes", "--dir", "/data"]
  user       = "redis"
  restart    = "unless-stopped"
  memory     = 256
  networks_advanced {
    name    = docker_network.shop.id
    aliases = ["redis"]
  }
  volumes {
    volume_name    = docker_volume.data["redis"].name
    container_path = "/data"
  }
  dynamic "labels" {
    for_each = var.labels
    content {
      label = labels.key
      value = labels.value
    }
  }
}

resource "docker_container" "migrate" {
  name     = "${var.name}-migrate"
  image    = docker_image.backend.image_id
  command  = ["sh", "-c", "node node_modules/.bin/medusa migrations run && node scripts/seed.js"]
  env      = [for name, value in local.store : "${name}=${value}"]
  memory   = 1024
  must_run = false
  attach   = true
  restart  = "no"
  networks_advanced { name = docker_network.shop.id }
  dynamic "labels" {
    for_each = var.labels
    content {
      label = labels.key
      value = labels.value
    }
  }
  depends_on = [docker_container.database, docker_container.redis]
}

resource "docker_container" "backend" {
  name         = "${var.name}-backend"
  image        = docker_image.backend.image_id
  env          = [for name, value in local.store : "${name}=${value}"]
  restart      = "unless-stopped"
  memory       = 1024
  wait         = true
  wait_timeout = 120
  healthcheck {
    test     = ["CMD", "node", "-e", "fetch('http://127.0.0.1:9000/health').then(({ status }) => process.exit(status === 200 ? 0 : 1), () => process.exit(1))"]
    interval = "5s"
    retries  = 30
  }
  networks_advanced {
    name    = docker_network.shop.id
    aliases = ["backend"]
  }
  volumes {
    volume_name    = docker_volume.data["uploads"].name
    container_path = "/app/uploads"
  }
  dynamic "labels" {
    for_each = var.labels
    content {
      label = labels.key
      value = labels.value
    }
  }
  depends_on = [docker_container.migrate]
}

resource "docker_container" "edge" {
  name       = "${var.name}-edge"
  image      = var.images.caddy
  entrypoint = ["caddy"]
  command    = ["reverse-proxy", "--from", ":8080", "--to", "backend:9000"]
  env        = ["XDG_DATA_HOME=/data", "XDG_CONFIG_HOME=/tmp"]
  restart    = "unless-stopped"
  memory     = 128
  ports {
    internal = 8080
    external = var.port
    ip       = "127.0.0.1"
  }
  networks_advanced { name = docker_network.shop.id }
  volumes {
    volume_name    = docker_volume.data["edge"].name
    container_path = "/data"
  }
  dynamic "labels" {
    for_each = var.labels
    content {
      label = labels.key
      value = labels.value
    }
  }
  depends_on = [docker_container.backend]
}
