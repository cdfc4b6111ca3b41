using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Slipway.Api;
using Slipway.Data.Commits;
using Slipway.Data.Transactions;

namespace Slipway.Daemon.Api;

/// <summary>Transactions over several repos: begin, list, finish, drop. What goes into one is said where commits are started and branches moved.</summary>
internal sealed class TransactionsDoor(TransactionStore transactions)
{
    public void Map(WebApplication app)
    {
        app.MapGet(Routes.Transactions, ListAsync);
        app.MapPost(Routes.Transactions, BeginAsync);
        app.MapDelete(Routes.Transactions, DropAsync);
        app.MapPost(Routes.TransactionFinish, FinishAsync);
    }

    private async Task ListAsync(HttpContext http)
    {
        IReadOnlyList<TransactionInfo> list = [.. (await transactions.ListAsync(http.RequestAborted)).Select(Info)];
        await Answer.JsonAsync(http, list, ApiJson.Default.IReadOnlyListTransactionInfo);
    }

    private async Task BeginAsync(HttpContext http)
    {
        BeginTransactionRequest request = await Ask.BodyAsync(http, ApiJson.Default.BeginTransactionRequest);
        TimeSpan? expires = request.ExpiresSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
        Transaction begun = await transactions.BeginAsync(request.Message ?? "", request.Author ?? "", expires, http.RequestAborted);
        await Answer.JsonAsync(http, Info(begun), ApiJson.Default.TransactionInfo);
    }

    private async Task DropAsync(HttpContext http)
    {
        await transactions.DropAsync(GlobalId.Parse(Ask.Query(http, "id")), http.RequestAborted);
        await Answer.NothingAsync(http);
    }

    private async Task FinishAsync(HttpContext http)
    {
        TransactionResult result = await transactions.FinishAsync(GlobalId.Parse(Ask.Query(http, "id")), http.RequestAborted);
        FinishedTransaction finished = new(
            result.Id.ToString(), [.. result.Commits.Select(DataWire.Commit)], [.. result.Branches.Select(DataWire.Branch)]);
        await Answer.JsonAsync(http, finished, ApiJson.Default.FinishedTransaction);
    }

    private static TransactionInfo Info(Transaction transaction) => new(
        transaction.Id.ToString(),
        transaction.Message,
        transaction.Author,
        transaction.Started,
        transaction.Expires,
        [.. transaction.Parts.Select(p => $"{p.Repo}@{p.Branch}")],
        [.. transaction.Moves.Select(m => new BranchInfo(m.Repo.ToString(), m.Branch.ToString(), m.To?.ToString()))]);
}
