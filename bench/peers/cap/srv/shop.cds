// The part of examples/ecommerce that a checkout touches, as a CAP developer writes it.

type OrderStatus : String enum {
  Draft; Submitted; PaymentPending; Paid; Picking; Packed; Shipped; Delivered; ReturnRequested; Returned; Refunded; Cancelled;
}

@path: '/tdata'
@impl: './shop.mjs'
service Shop {
  entity Orders {
    key Id             : String(64);
        CustomerId     : String(64) not null;
        Currency       : String(3) default 'EUR';
        Total          : Decimal(12, 2);
        PlacedOn       : Date;
        Note           : String(1000);
        Status         : OrderStatus default 'Draft';
        ItemCount      : Int64 default 0;
        PickedCount    : Int64 default 0;
        HasAddress     : Boolean default false;
        IsPaid         : Boolean default false;
        TrackingNumber : String default '';
        CancelReason   : String default '';
  } actions {
    action AddItem(ProductId : String) returns Orders;
    action SetAddress(AddressId : String) returns Orders;
    action SubmitOrder() returns Orders;
    action RequestPayment() returns Orders;
    action ConfirmPayment(PaymentId : String) returns Orders;
    action StartPicking() returns Orders;
    action PickItem() returns Orders;
    action Pack() returns Orders;
    action ShipOrder(TrackingNumber : String) returns Orders;
  };

  entity Payments {
    key Id                : String(64);
        OrderId           : String(64) not null;
        CustomerId        : String(64) not null;
        Amount            : Decimal(12, 2) not null;
        Status            : String enum { Pending; Authorized; Captured; Failed; Voided; Refunded; } default 'Pending';
        Attempts          : Int64 default 0;
        AuthorizationCode : String default '';
  } actions {
    action Authorize(AuthorizationCode : String) returns Payments;
    action Capture() returns Payments;
  };

  entity Shipments {
    key Id               : String(64);
        OrderId          : String(64) not null;
        CustomerId       : String(64) not null;
        AddressId        : String(64);
        Status           : String enum { Created; Labelled; InTransit; OutForDelivery; Delivered; Lost; Returned; } default 'Created';
        DeliveryAttempts : Int64 default 0;
        Carrier          : String default '';
  } actions {
    action PrintLabel(Carrier : String) returns Shipments;
    action Dispatch() returns Shipments;
  };
}
