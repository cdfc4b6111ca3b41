return args is ["serve", ..] ? 0 : 1;
