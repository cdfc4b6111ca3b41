using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Slipway.Api.Tests")]
